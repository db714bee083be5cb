"""What a teacher permits to change, and what a learner then may."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from accounts.models import Learner
from authoring.files import ContentError
from config.env import ROOT
from tests.factories import client_of, make_teacher
from tests.training_jobs.factories import PLAN, make_experiment
from training_jobs import services
from training_jobs.content import load_experiment
from training_jobs.engine.plan import Plan, PlanError
from training_jobs.models import Experiment, Run
from training_jobs.permits import PermitError, check, check_changes, key_of, offered

PERMITS: dict[str, Any] = {"hidden_units": [[], [8], [16, 8]], "optimizer": ["adam", "sgd"]}


def test_good_permits_are_let_through() -> None:
    check(PLAN, {})
    check(PLAN, PERMITS)
    check(PLAN, {"dropout": [0, 0.5], "nesterov": [False]})


@pytest.mark.parametrize(
    ("permits", "words"),
    [
        ([["epochs", [1]]], "Permits are a JSON object"),
        (None, "Permits are a JSON object"),
        ({"layers": [1]}, "Unknown field layers; what can be permitted: dataset, network"),
        ({"seed": [1, 2]}, "seed needs no permit"),
        ({"watched_row": [0]}, "watched_row needs no permit"),
        ({"epochs": 2}, "epochs: give a list of 1 to 12 values"),
        ({"epochs": []}, "epochs: give a list of 1 to 12 values"),
        ({"epochs": list(range(1, 20))}, "epochs: give a list of 1 to 12 values"),
        ({"epochs": [2, 51]}, "epochs: Epochs 51 is outside 1 to 50"),
        ({"epochs": [2, True]}, "epochs: Epochs True is not a whole number"),
        ({"epochs": [2, {"a": 1}]}, "is not a whole number"),
        ({"epochs": [2, 2]}, "epochs: a value is listed twice"),
        ({"epochs": [1, 5]}, "the experiment’s own value 2 is not in the list"),
        ({"momentum": [0.0, 0.9]}, "Momentum cannot be set for adam"),
        ({"optimizer": ["adam", "adamw"]}, "adamw without weight decay is adam"),
        ({"learning_rate": [0.01, "1e309"]}, "is not a number"),
    ],
)
def test_permits_that_nobody_could_use_are_refused(permits: Any, words: str) -> None:
    with pytest.raises(PermitError) as refused:
        check(PLAN, permits)
    assert words in str(refused.value)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"epochs": 2}, "Epochs cannot be changed in this experiment"),
        ({"nonsense": 2}, "nonsense cannot be changed"),
        ({"optimizer": "rmsprop"}, "Optimizer rmsprop is not offered; choose one of: Adam; SGD."),
        ({"hidden_units": [256]}, "choose one of: none; one of 8 units; two of 16 and 8 units"),
    ],
)
def test_a_change_that_is_not_permitted_is_refused(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(PlanError) as refused:
        check_changes(PERMITS, changes)
    assert words in str(refused.value)


def test_what_is_permitted_may_be_changed() -> None:
    check_changes(PERMITS, {"optimizer": "sgd", "hidden_units": (16, 8), "watched_row": 3})


def test_a_value_has_one_key() -> None:
    assert key_of(16) == key_of(16.0) == "16"
    assert key_of(True) != key_of(1)
    assert key_of([16, 8]) == key_of((16, 8)) == "[16, 8]"
    assert [name for name, _, _ in offered(PERMITS)] == ["hidden_units", "optimizer"]


@pytest.mark.django_db
def test_the_model_refuses_what_a_teacher_mistyped() -> None:
    with pytest.raises(ValidationError, match="Unknown field layers"):
        make_experiment(permits={"layers": [1]}).full_clean()
    with pytest.raises(ValidationError) as refused:
        make_experiment("broken", plan={"epochs": 1}, permits={"layers": [1]}).full_clean()
    assert list(refused.value.message_dict) == ["plan"]  # one thing at a time


@pytest.mark.django_db
def test_a_run_is_checked_whatever_the_form_said() -> None:
    experiment, learner = make_experiment(permits=PERMITS), Learner.objects.create()
    changes = {"optimizer": "sgd", "hidden_units": [], "watched_row": 12}
    run = services.request_run(experiment, learner, key="a", changes=changes)
    assert Plan.parse(run.plan) == Plan.parse({**PLAN, **changes, "seed": learner.seed})
    with pytest.raises(PlanError, match="not offered"):
        services.request_run(experiment, learner, key="b", changes={"optimizer": "rmsprop"})
    assert Run.objects.count() == 1


@pytest.mark.django_db
def test_a_teacher_reads_what_is_wrong() -> None:
    experiment = make_experiment(permits=PERMITS)
    client, address = client_of(make_teacher()), f"/admin/training_jobs/experiment/{experiment.pk}/"
    form = client.get(address + "change/").context["adminform"].form
    posted = {name: form[name].value() for name in form.fields}
    refused = client.post(address + "change/", {**posted, "permits": '{"epochs": [99]}'})
    assert "Epochs 99 is outside 1 to 50" in refused.content.decode()
    saved = client.post(address + "change/", {**posted, "permits": '{"epochs": [2, 4]}'})
    assert saved.status_code == 302
    assert Experiment.objects.get().permits == {"epochs": [2, 4]}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", sorted(ROOT.glob("content/*/experiments/*.toml")), ids=lambda p: p.stem
)
def test_the_courses_permits_can_be_loaded(path: Any) -> None:
    experiment, _ = load_experiment(path)
    check(experiment.plan, experiment.permits)


@pytest.mark.django_db
def test_a_file_with_bad_permits_is_named(tmp_path: Any) -> None:
    source = (ROOT / "content/optimizers/experiments/optimizers-sgd.toml").read_text()
    path = tmp_path / "mine.toml"
    path.write_text(source.replace("epochs = [5, 10, 20]", "epochs = [0]"))
    with pytest.raises(ContentError, match=r"mine\.toml: permits: epochs: Epochs 0 is outside"):
        load_experiment(path)


@pytest.mark.django_db
def test_permits_that_leave_the_file_leave_the_row(tmp_path: Any) -> None:
    source = (ROOT / "content/optimizers/experiments/optimizers-sgd.toml").read_text()
    path = tmp_path / "mine.toml"
    path.write_text(source)
    assert load_experiment(path)[0].permits
    path.write_text(source.split("[permits]")[0])
    assert load_experiment(path)[0].permits == {}
