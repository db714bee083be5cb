"""Pages about several runs: compared, raced, swept, repeated."""

from collections.abc import Callable
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.learners import acting_learner, current_learner
from accounts.sent_fields import takes
from training_jobs import comparisons, groups, queries, sweeps
from training_jobs.comparisons import MOST, NotComparable
from training_jobs.engine.plan import PlanError
from training_jobs.forms import GroupForm
from training_jobs.models import Experiment, Run
from training_jobs.quotas import RunRefused
from training_jobs.views import experiment_page


def compare_address(runs: list[Run]) -> str:
    """The page that compares these runs."""
    query = urlencode([("run", str(run.pk)) for run in runs])
    return f"{reverse('compare_runs')}?{query}"


@require_safe
@never_cache
def compare(request: HttpRequest) -> HttpResponse:
    """Two to six runs side by side. With `part`, only the tables, which a live page replaces."""
    try:
        runs, notes = _asked_for(request)
    except NotComparable as refusal:
        return _refuse(request, refusal)
    if len(runs) > MOST:  # only a group can be larger
        return redirect("sweep", request.GET["group"])
    shown = comparisons.comparison(runs)
    part = "part" in request.GET
    template = "training_jobs/_compare_tables.html" if part else "training_jobs/compare.html"
    addresses = _addresses(request)
    only = request.GET.get("only") == "differences"
    context = {"shown": shown, "only": only, "addresses": addresses, "notes": notes}
    context["queue"] = queries.queue_of_several(runs)
    return render(request, template, context)


def _asked_for(request: HttpRequest) -> tuple[list[Run], list[str]]:
    """The runs by their ids, those of a group, or the reference runs of experiments.

    With them what has to be said where a reference run is not the newest.
    """
    learner, group = current_learner(request), request.GET.get("group")
    if group is not None:
        return comparisons.group_runs(group, learner), []
    if experiments := request.GET.getlist("experiment"):
        made = comparisons.reference_runs_of(experiments)
        return [one.run for one in made if one.run], [one.note for one in made if one.note]
    return comparisons.chosen_runs(request.GET.getlist("run"), learner), []


def _refuse(request: HttpRequest, refusal: NotComparable) -> HttpResponse:
    """Says why, and offers the person's own runs to choose from."""
    runs = queries.runs_of(current_learner(request))[:20]
    context = {"refusal": refusal, "runs": runs}
    return render(request, "training_jobs/compare_refused.html", context, status=400)


def _addresses(request: HttpRequest) -> dict[str, str]:
    """This comparison under its other addresses: its curves, its tables, and the switch."""
    asked = request.GET.copy()
    for name in ("only", "part"):
        asked.pop(name, None)
    page, chosen = reverse("compare_runs"), asked.urlencode()
    only = "&only=differences"
    shown = only if request.GET.get("only") == "differences" else ""
    return {
        "curves": f"{reverse('compare_curves')}?{chosen}",
        "tables": f"{page}?{chosen}{shown}&part=tables",
        "all": f"{page}?{chosen}#plan",
        "differences": f"{page}?{chosen}{only}#plan",
    }


@require_safe
@never_cache
def curves(request: HttpRequest) -> HttpResponse:
    """What the charts of a comparison draw, as JSON: a page polls it while a run is active."""
    try:
        runs, _ = _asked_for(request)
    except NotComparable as refusal:
        return JsonResponse({"error": str(refusal)}, status=400)
    return JsonResponse(comparisons.comparison(runs[:MOST]).as_json())


@require_POST
@takes()
def repeat(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """Queues a run with the same plan, and leads to both side by side."""
    original = queries.viewable_run(run_id, current_learner(request))
    try:
        with acting_learner(request) as learner:
            again = groups.request_repeat(original, learner)
    except PlanError as refusal:
        raise RunRefused(f"This plan can no longer be trained: {refusal}") from refusal
    return redirect(compare_address([original, again]))


@require_POST
def race(request: HttpRequest, slug: str) -> HttpResponse:
    """Queues an experiment and its rivals from the same start, and leads to their chart."""
    form, chosen = GroupForm(request.POST, request.FILES), queries.published_experiment(slug)
    if group := _group(request, chosen, form, groups.request_race):
        return redirect(f"{reverse('compare_runs')}?group={group}")
    return experiment_page(request, chosen, together=form)


@require_POST
def start_sweep(request: HttpRequest, slug: str) -> HttpResponse:
    """Queues an experiment at several learning rates, and leads to what comes of it."""
    form, chosen = GroupForm(request.POST, request.FILES), queries.published_experiment(slug)
    if group := _group(request, chosen, form, groups.request_sweep):
        return redirect("sweep", group)
    return experiment_page(request, chosen, together=form)


def _group(
    request: HttpRequest, chosen: Experiment, form: GroupForm, ask: Callable[..., UUID]
) -> UUID | None:
    """The group that was asked for; None if it is refused, and then the form says why."""
    if form.is_valid():
        with form.refusals(), acting_learner(request) as learner:
            return ask(chosen, learner, key=form.key)
    return None


@require_safe
@never_cache
def sweep(request: HttpRequest, group: UUID) -> HttpResponse:
    """Accuracy by learning rate, with the spread over the seeds."""
    runs = comparisons.group_runs(str(group), current_learner(request))
    part = "part" in request.GET
    template = "training_jobs/_sweep_shown.html" if part else "training_jobs/sweep.html"
    context = {"sweep": sweeps.sweep_of(runs), "queue": queries.queue_of_several(runs)}
    return render(request, template, context)
