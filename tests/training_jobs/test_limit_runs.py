"""How many runs a learner may have, and how large one may be."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models import F
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.models import Learner
from tests.factories import client_of, make_user
from tests.training_jobs.factories import PLAN, make_experiment
from training_jobs import quotas, services
from training_jobs.models import Experiment, Run

pytestmark = pytest.mark.django_db


@pytest.fixture
def experiment() -> Experiment:
    return make_experiment()


def ask(experiment: Experiment, learner: Learner, key: str = "") -> Run:
    return services.request_run(experiment, learner, key=key or str(uuid4()))


def end_all() -> None:
    Run.objects.update(state=Run.State.SUCCEEDED)


def test_a_third_active_run_is_refused_in_words(experiment: Experiment) -> None:
    learner = Learner.objects.create()
    for _ in range(2):
        ask(experiment, learner)
    with pytest.raises(quotas.QuotaExceeded, match=r"2 runs waiting .* when one of them has ended"):
        ask(experiment, learner)
    assert Run.objects.count() == 2
    ask(experiment, Learner.objects.create())  # another one's quota is another
    Run.objects.filter(learner=learner).update(state=Run.State.CANCELLED)
    ask(experiment, learner)


def test_asking_for_the_same_run_again_costs_nothing(experiment: Experiment) -> None:
    learner = Learner.objects.create()
    runs = [ask(experiment, learner, key) for key in ("a", "b", "a", "b")]
    assert runs[:2] == runs[2:]


def test_runs_of_one_group_count_as_one(experiment: Experiment) -> None:
    learner, group = Learner.objects.create(), uuid4()
    ask(experiment, learner)
    Run.objects.update(group=group)
    ask(experiment, learner)
    Run.objects.update(group=group)
    ask(experiment, learner)
    with pytest.raises(quotas.QuotaExceeded):
        ask(experiment, learner)


def test_an_hour_has_a_limit_too(experiment: Experiment, settings: Settings) -> None:
    settings.GUEST_RUNS_AN_HOUR = 3
    learner = Learner.objects.create()
    for _ in range(3):
        ask(experiment, learner)
        end_all()
        Run.objects.update(created_at=F("created_at") - timedelta(minutes=10))
    with pytest.raises(quotas.QuotaExceeded, match=r"3 runs within an hour.*back in 30 min") as met:
        ask(experiment, learner)
    assert met.value.retry_after in range(29 * 60 + 1, 30 * 60 + 1)
    assert "With an account" in str(met.value)
    Run.objects.update(created_at=F("created_at") - timedelta(minutes=30))
    ask(experiment, learner)


def test_several_at_once_have_to_fit_into_the_hour(settings: Settings) -> None:
    settings.GUEST_RUNS_AN_HOUR = 3
    learner = Learner.objects.create()
    quotas.check_quota(learner, runs=3)
    with pytest.raises(quotas.QuotaExceeded, match=r"^This takes 4 runs, and 3 "):
        quotas.check_quota(learner, runs=4)


def test_a_member_has_a_quota_of_their_own(experiment: Experiment, settings: Settings) -> None:
    settings.GUEST_RUNS_AN_HOUR, settings.MEMBER_RUNS_AN_HOUR = 0, 1
    with pytest.raises(quotas.QuotaExceeded):
        ask(experiment, Learner.objects.create())
    member = Learner.objects.create(user=make_user("ada"))
    ask(experiment, member)
    with pytest.raises(quotas.QuotaExceeded) as met:
        ask(experiment, member)
    assert "account" not in str(met.value)


def test_the_form_says_so_and_keeps_what_was_typed(experiment: Experiment) -> None:
    client = client_of(Learner.objects.create())
    for _ in range(2):
        assert client.post("/experiments/small/", {"seed": "1"}).status_code == 302
    refused = client.post("/experiments/small/", {"seed": "4711"})
    assert refused.status_code == 429
    page = refused.content.decode()
    assert "2 at a time is the limit" in page
    assert "4711" in page
    assert Run.objects.count() == 2


def test_a_run_that_takes_too_long_is_refused(experiment: Experiment, settings: Settings) -> None:
    settings.RUN_LIMIT_SECONDS = 0.001
    with pytest.raises(quotas.TooLarge, match=r"about \d+ seconds?, .* Choose fewer epochs"):
        ask(experiment, Learner.objects.create())
    response = Client().post("/experiments/small/", {"seed": "1"})
    assert response.status_code == 422
    assert "Choose fewer epochs" in response.content.decode()
    assert Run.objects.count() == 0


def test_a_run_that_needs_too_much_memory_is_refused(
    experiment: Experiment, settings: Settings
) -> None:
    settings.RUN_MEMORY_MEGABYTES = 0
    with pytest.raises(quotas.TooLarge, match="and a run may use 0 MB"):
        ask(experiment, Learner.objects.create())


def test_the_estimate_is_kept(experiment: Experiment) -> None:
    run = ask(experiment, Learner.objects.create())
    assert run.estimated_seconds is not None
    assert 0 < run.estimated_seconds < 10
    assert PLAN["epochs"] == run.plan["epochs"]


@pytest.mark.django_db(transaction=True)
def test_many_tabs_at_once_are_still_one_learner(experiment: Experiment) -> None:
    learner = Learner.objects.create()

    def tab(_: int) -> bool:
        try:
            ask(experiment, learner)
        except quotas.QuotaExceeded:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(6) as tabs:
        assert sum(tabs.map(tab, range(12))) == 2


@pytest.mark.parametrize(
    ("path", "what"), [("sweep", "A sweep takes 15"), ("race", "A race takes 2")]
)
def test_several_runs_that_do_not_fit_say_how_many_they_take(
    experiment: Experiment, settings: Settings, path: str, what: str
) -> None:
    make_experiment("rival", plan={**PLAN, "optimizer": "adam"})
    settings.GUEST_RUNS_AN_HOUR, settings.GUEST_ACTIVE_RUNS = 16, 20
    learner = Learner.objects.create()
    for _ in range(15):
        ask(experiment, learner)
    refused = client_of(learner).post(f"/experiments/small/{path}/")
    text = " ".join(refused.content.decode().split())
    assert refused.status_code == 429
    assert "Retry-After" in refused
    assert f"{what} runs; you have 1 left this hour, of 16. Come back in 60 minutes." in text
    told = text.index("Nothing was started")
    assert text.index("</h1>") < told < text.index("Train it"), "at the top of the page"
    assert "autofocus" in text[told - 200 : told]
    assert text.count("left this hour") == 1
    assert Run.objects.count() == 15


def test_a_sweep_that_never_fits_into_an_hour_is_not_told_to_wait(
    experiment: Experiment, settings: Settings
) -> None:
    settings.GUEST_RUNS_AN_HOUR = 3
    refused = Client().post("/experiments/small/sweep/")
    assert refused.status_code == 429
    assert "A sweep takes 15 runs, and 3 within an hour is the limit." in refused.content.decode()
    assert "Come back" not in refused.content.decode()


def test_a_sweep_that_finds_no_places_in_the_queue_says_how_many_it_takes(
    experiment: Experiment, settings: Settings
) -> None:
    settings.QUEUE_GUEST_RUNS = 14
    refused = Client().post("/experiments/small/sweep/")
    assert refused.status_code == 503
    assert "at most 14 may wait. A sweep takes 15 runs." in refused.content.decode()


def test_a_sweep_beyond_what_an_address_has_left_says_how_many_it_takes(
    experiment: Experiment, settings: Settings
) -> None:
    settings.ADDRESS_RUNS_AN_HOUR = 14
    refused = Client().post("/experiments/small/sweep/")
    assert refused.status_code == 429
    text = refused.content.decode()
    assert "A sweep takes 15 runs. Together, guests at your network address may start 14" in text


@pytest.mark.parametrize("form", [{"seed": "-1"}, {"request_key": "x"}, {"odd": "1"}])
def test_every_refused_form_says_so_at_the_top(
    experiment: Experiment, form: dict[str, str]
) -> None:
    refused = Client().post("/experiments/small/", form)
    text = refused.content.decode()
    assert refused.status_code == 422
    assert "autofocus" in text.split("Nothing was started")[0].rsplit("<div", 1)[1]
    assert text.index("Nothing was started") < text.index("Train it")


def test_new_members_of_one_address_leave_places_to_others(
    experiment: Experiment, settings: Settings
) -> None:
    settings.ADDRESS_RUNS_AN_HOUR = 31
    newcomers = [client_of(make_user(f"new{number}")) for number in range(4)]
    answers = [member.post("/experiments/small/sweep/") for member in newcomers]
    assert [answer.status_code for answer in answers] == [302, 302, 429, 429]
    text = answers[2].content.decode()
    assert (
        "A sweep takes 15 runs. Together, new members at your network address may start 31" in text
    )
    assert "Sign in" not in text.split("Nothing was started")[1].split("</ul>")[0]
    assert Client().post("/experiments/small/sweep/").status_code == 302, "guests count apart"
    known_for_long = make_user("dot")
    Learner.objects.create(user=known_for_long)
    assert client_of(known_for_long).post("/experiments/small/sweep/").status_code == 302
    cancelled = StringIO()
    call_command("clear_flood", address="127.0.0.1", stdout=cancelled)
    assert set(Run.objects.filter(state=Run.State.QUEUED).values_list("learner", flat=True)) == {
        Learner.objects.get(user=known_for_long).pk
    }
