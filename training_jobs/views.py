"""Pages about experiments and their runs."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.learners import current_learner, ensure_learner
from training_jobs import queries, services
from training_jobs.engine.plan import PlanError
from training_jobs.events import frame
from training_jobs.forms import StartRunForm
from training_jobs.models import Experiment, Run
from training_jobs.sse import last_event_id


@require_http_methods(["GET", "HEAD", "POST"])
def experiment(request: HttpRequest, slug: str) -> HttpResponse:
    """An experiment and the form that starts a run of it."""
    chosen = queries.published_experiment(slug)
    form = StartRunForm.for_learner(current_learner(request))
    if request.method == "POST":
        form = StartRunForm(request.POST)
        if form.is_valid() and (run := _start(request, chosen, form)):
            return redirect(run)
    runs = queries.recent_runs(current_learner(request), chosen)
    context = {"experiment": chosen, "form": form, "runs": runs}
    return render(request, "training_jobs/experiment.html", context)


def _start(request: HttpRequest, chosen: Experiment, form: StartRunForm) -> Run | None:
    """Queues the run that the form asks for; None, and an error in the form, if it cannot be."""
    seed, prediction = form.cleaned_data["seed"], form.prediction
    learner = ensure_learner(request)
    try:
        return services.request_run(chosen, learner, key=form.key, seed=seed, prediction=prediction)
    except PlanError as error:
        form.add_error(None, f"This experiment cannot be run: {error} Tell its author.")
        return None


@require_safe
@never_cache
def run(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """One run, live. With `part`, only the fragment that a live page replaces."""
    shown = queries.run_page(queries.viewable_run(run_id, current_learner(request)))
    template = (
        "training_jobs/_run_facts.html" if "part" in request.GET else "training_jobs/run.html"
    )
    mine = not shown.run.is_reference
    return render(request, template, {"page": shown, "mine": mine})


@require_safe
@never_cache
def snapshot(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """The run's state, plan and whole history as JSON."""
    found = queries.viewable_run(run_id, current_learner(request))
    return JsonResponse(queries.snapshot(found))


@require_safe
@never_cache
def recorded_events(request: HttpRequest, run_id: UUID) -> StreamingHttpResponse:
    """What of the stream is recorded so far, then the end of the answer.

    The server hands this address to `sse.serve`, which follows a run live; under a server that
    speaks WSGI alone an EventSource reconnects here and so still gets every event.
    """
    found = queries.viewable_run(run_id, current_learner(request))
    after = last_event_id(request.headers.get("Last-Event-ID", ""))
    events = queries.events_after(found.id, after)
    if not events and not found.is_active:
        return StreamingHttpResponse(status=204)
    frames = (frame(name, data, seq) for seq, name, data in events)
    return StreamingHttpResponse(frames, content_type="text/event-stream")


@require_POST
def cancel(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """Asks for the end of one's own run."""
    found = queries.own_run(run_id, current_learner(request))
    services.cancel_run(found)
    return redirect(found)
