"""Pages about experiments and their runs."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.learners import acting_learner, current_learner
from accounts.sent_fields import takes
from training_jobs import comparisons, groups, queries, services
from training_jobs.durations import Forecast, forecast
from training_jobs.engine.estimates import Estimate
from training_jobs.engine.plan import PlanError
from training_jobs.events import frame
from training_jobs.forms import ExperimentForm, GroupForm, first_values
from training_jobs.models import Experiment, Run
from training_jobs.plan_queries import again
from training_jobs.references import shown_reference
from training_jobs.sse import last_seen


@require_http_methods(["GET", "HEAD", "POST"])
def experiment(request: HttpRequest, slug: str) -> HttpResponse:
    """An experiment and the form that starts a run of it, filled in with what the query says.

    With `part=estimate`, only what a run with the query's choices will take.
    """
    chosen = queries.published_experiment(slug)
    form = None
    if request.method != "POST" and request.GET.get("part") == "estimate":
        form = _first_form(request, chosen)
        context = {"experiment": chosen, "form": form, **_expected(form)}
        return render(request, "training_jobs/_estimate.html", context)
    if request.method == "POST":
        form = ExperimentForm(chosen, request.POST, request.FILES)
        if form.is_valid() and "estimate" not in request.POST:
            with form.refusals():
                return redirect(_start(request, chosen, form))
    return experiment_page(request, chosen, form)


def experiment_page(
    request: HttpRequest,
    chosen: Experiment,
    form: ExperimentForm | None = None,
    together: GroupForm | None = None,
) -> HttpResponse:
    """The page with these forms, and the status of a refused one."""
    learner = current_learner(request)
    form = form or _first_form(request, chosen)
    runs = queries.recent_runs(learner, chosen)
    context: dict[str, Any] = {"together": together}
    context |= {"experiment": chosen, "form": form, "runs": runs, **_expected(form)}
    context |= {"offers": groups.offers(chosen), "reference": shown_reference(chosen)}
    return (together or form).answer(render(request, "training_jobs/experiment.html", context))


def _first_form(request: HttpRequest, chosen: Experiment) -> ExperimentForm:
    """The unsent form: the learner's seed, and the choices that the query makes."""
    form = ExperimentForm(chosen, initial=first_values(current_learner(request)))
    form.prefill(request.GET)
    return form


def _start(request: HttpRequest, chosen: Experiment, form: ExperimentForm) -> Run:
    """Queues the run that the form asks for. Raises PlanError, RunRefused and TurnedAway."""
    with acting_learner(request) as learner:
        return services.request_run(
            chosen,
            learner,
            key=form.key,
            seed=form.cleaned_data["seed"],
            prediction=form.prediction,
            changes=form.changes,
        )


def _expected(form: ExperimentForm) -> dict[str, Any]:
    """What the estimate says: the size of the run, and whether a trainer has yet to start."""
    expected = forecast()
    return {"size": _size(form, expected), "is_starting": expected.is_starting}


def _size(form: ExperimentForm, expected: Forecast) -> Estimate | None:
    """What the plan in the form will take; None when it cannot be trained."""
    try:
        planned = form.planned()
    except PlanError as error:
        said = f"This plan cannot be trained: {error}"
        if not form.is_bound:
            form.left_out.append(said)
        elif not form.errors:
            form.add_error(None, said)
        return None
    return expected.of(planned) if planned else None


@require_safe
@never_cache
def run(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """One run, live. With `part`, only the fragment that a live page replaces."""
    learner = current_learner(request)
    shown = queries.run_page(queries.viewable_run(run_id, learner))
    context = {"page": shown, "mine": not shown.run.is_reference}
    if "part" in request.GET:
        return render(request, "training_jobs/_run_facts.html", context)
    context["others"] = comparisons.others_to_compare(shown.run, learner)
    context["again"] = again(shown.run)
    if shown.run.is_reference:
        context["is_shown"] = shown_reference(shown.run.experiment) == shown.run
    return render(request, "training_jobs/run.html", context)


@require_safe
@never_cache
def snapshot(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """The run's state, plan and history as JSON; with `after`, only the events beyond it."""
    found = queries.viewable_run(run_id, current_learner(request))
    return JsonResponse(queries.snapshot(found, last_seen(request)))


@require_safe
@never_cache
def recorded_events(request: HttpRequest, run_id: UUID) -> StreamingHttpResponse:
    """What of the stream is recorded so far, then the end of the answer.

    The server hands this address to `sse.serve`, which follows a run live; under a server that
    speaks WSGI alone an EventSource reconnects here and so still gets every event.
    """
    found = queries.viewable_run(run_id, current_learner(request))
    events = queries.events_after(found.id, last_seen(request))
    if not events and not found.is_active:
        return StreamingHttpResponse(status=204)
    frames = (frame(name, data, seq) for seq, name, data in events)
    return StreamingHttpResponse(frames, content_type="text/event-stream")


@require_POST
@takes()
def cancel(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """Asks for the end of one's own run."""
    found = queries.own_run(run_id, current_learner(request))
    services.cancel_run(found)
    return redirect(found)
