"""What a test's page sends and does not count is told with the result, or with a refused finish."""

import pytest
from django.test import Client

from quizzes.models import Answer
from tests.contracts.test_take_known_fields import Forms
from tests.factories import HTMX, client_of, make_learner, make_topic, right_choice, wrong_choice

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> Client:
    make_topic("gradients", practice=2, inline=2)
    return client_of(make_learner())


@pytest.fixture
def sheet(client: Client) -> str:
    return str(client.post("/learn/gradients/test/")["Location"])


def sent(client: Client, sheet: str) -> dict[str, str]:
    """The sheet's form without its answers."""
    fields = next(fields for to, fields in Forms(client.get(sheet).content.decode(), sheet).posted)
    return {name: value for name, value in fields.items() if not name.startswith(("choice", "fl"))}


def chosen(*, right: bool) -> dict[str, str]:
    """A choice for each question of the open test."""
    choose = right_choice if right else wrong_choice
    asked = Answer.objects.filter(attempt__quiz__kind="test").select_related("version__question")
    return {f"choice-{it.position}": choose(it.version.question) for it in asked}


def told_at_the_end(client: Client, address: str, fields: dict[str, str]) -> str:
    response = client.post(address, fields, follow=True)
    assert response.redirect_chain[0][0].endswith("/result/")
    return " ".join(response.content.decode().split())


def test_a_test_that_ends_tells_which_answers_of_its_page_do_not_count(
    client: Client, sheet: str
) -> None:
    late = sent(client, sheet)
    mine, theirs = chosen(right=False), chosen(right=True)
    client.post(sheet, sent(client, sheet) | {"choice-2": theirs["choice-2"]})
    told = told_at_the_end(client, f"{sheet}finish/", late | mine)
    assert "Not counted: what you sent for question 2." in told
    kept = Answer.objects.get(attempt__quiz__kind="test", position=2)
    assert kept.response == [theirs["choice-2"]]


@pytest.mark.parametrize("where", ["", "finish/"], ids=["saved", "finished"])
def test_a_test_that_has_ended_tells_what_is_sent_in_vain(
    client: Client, sheet: str, where: str
) -> None:
    late, right, wrong = sent(client, sheet), chosen(right=True), chosen(right=False)
    told = told_at_the_end(client, f"{sheet}finish/", late | right)
    assert "Not counted" not in told
    assert "Not counted" not in told_at_the_end(client, sheet + where, late | right)
    told = told_at_the_end(client, sheet + where, late | right | {"choice-3": wrong["choice-3"]})
    assert "Not counted: what you sent for question 3." in told


@pytest.mark.parametrize("field", [{"predicted_percent": "80"}, {"seed": "7"}])
def test_a_prediction_that_is_not_the_runs_is_told(
    client: Client, sheet: str, field: dict[str, str]
) -> None:
    late = sent(client, sheet)
    newer = {"predicted_percent": "55", "seed": "3"}
    client.post(sheet, sent(client, sheet) | newer)
    told = told_at_the_end(client, f"{sheet}finish/", late | field)
    assert "Not counted: what you sent for the prediction or the seed." in told
    assert "Not counted" not in told_at_the_end(client, f"{sheet}finish/", late | newer)


def test_a_refused_finish_tells_what_it_could_not_keep(client: Client, sheet: str) -> None:
    late, right, wrong = sent(client, sheet), chosen(right=True), chosen(right=False)
    client.post(sheet, sent(client, sheet) | {"choice-2": right["choice-2"]})
    mine = {"choice-2": wrong["choice-2"], "predicted_percent": "500"}
    refused = client.post(f"{sheet}finish/", late | mine)
    assert refused.status_code == 422
    assert "Not saved: question 2 was changed in another tab" in refused.content.decode()


def test_what_a_script_sends_in_vain_is_told_on_the_page_that_it_leads_to(
    client: Client, sheet: str
) -> None:
    late, wrong = sent(client, sheet), chosen(right=False)
    client.post(f"{sheet}finish/", late)
    client.post(sheet, {"seq": "9", "choice-1": wrong["choice-1"]}, headers=HTMX, follow=True)
    told = client.get(f"{sheet}result/").content.decode()
    assert "Not counted: what you sent for question 1." in told
    assert "Not counted" not in client.get(f"{sheet}result/").content.decode()
