"""What a person may take away from a run: its history, a script that repeats it, its network."""

import json
from uuid import UUID

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.learners import current_learner
from authoring.downloads import attachment
from authoring.spreadsheets import CSV
from training_jobs import comparisons, exports, queries
from training_jobs.engine.plan import Plan, PlanError
from training_jobs.model_files import model_file
from training_jobs.models import Run
from training_jobs.script import script_of

NOT_ENDED = "It is available once a run has finished successfully."
NO_HISTORY = "The run’s history was removed because of its age. Its final figures were kept."
NO_MODEL = (
    "The trained network is written when a run ends, and kept for a while. Repeat the run to have"
    " it again: the same plan on the same machine gives the same weights."
)

OLD_PLAN = "The run was made by another version, whose plan this one does not know:"


def _attached(body: str, run: Run, name: str, kind: str) -> HttpResponse:
    headers = {"Content-Disposition": attachment(f"{_stem(run)}{name}")}
    return HttpResponse(body, content_type=kind, headers=headers)


def _stem(run: Run) -> str:
    """The experiment's name, unless it would tell of another plan than the run's."""
    return f"{'run' if run.changes else run.experiment.slug}-{str(run.id)[:8]}"


def _missing(request: HttpRequest, run: Run, why: str) -> HttpResponse:
    context = {"run": run, "why": why}
    return render(request, "training_jobs/not_there.html", context, status=404)


@require_safe
@never_cache
def history_csv(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """Ticks and epochs, one line each."""
    run = queries.viewable_run(run_id, current_learner(request))
    events = queries.events_after(run.id, 0)
    if not events:
        return _missing(request, run, NO_HISTORY)
    return _attached(exports.history_csv(events), run, ".csv", CSV)


@require_safe
@never_cache
def history_json(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """Every event as the stream sent it."""
    run = queries.viewable_run(run_id, current_learner(request))
    events = queries.events_after(run.id, 0)
    if not events:
        return _missing(request, run, NO_HISTORY)
    body = json.dumps(exports.history_json(events), allow_nan=False)
    return _attached(body, run, ".json", "application/json")


@require_safe
@never_cache
def script(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """A script in plain Keras that repeats the run."""
    run = queries.viewable_run(run_id, current_learner(request))
    receipt, result = run.receipt, comparisons.final_figures(run)
    if not receipt or not result:
        return _missing(request, run, NOT_ENDED)
    try:
        plan = Plan.parse(run.plan)
    except PlanError as error:
        return _missing(request, run, f"{OLD_PLAN} {error}")
    body = script_of(
        plan,
        dataset=receipt["data"]["name"],
        title=run.title,
        accuracy=result["test_accuracy"],
        weights_digest=receipt["weights_sha256"],
        libraries=receipt["libraries"],
    )
    return _attached(body, run, ".py", "text/x-python; charset=utf-8")


@require_safe
@never_cache
def model(request: HttpRequest, run_id: UUID) -> HttpResponse | FileResponse:
    """The trained network as the worker wrote it."""
    run = queries.viewable_run(run_id, current_learner(request))
    try:
        file = model_file(run.id).open("rb")
    except OSError:
        return _missing(request, run, NO_MODEL)
    return FileResponse(file, as_attachment=True, filename=f"{_stem(run)}.keras")
