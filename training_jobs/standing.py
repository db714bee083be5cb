"""Why an experiment has no figures, in words for a lesson. Pure."""

from dataclasses import dataclass

from training_jobs.models import Run

S = Run.State
RELOAD = "Reload the page in a moment."
# How the engine's message begins (engine.progress.Diverged).
DIVERGED = "It diverged in epoch"


@dataclass(frozen=True)
class Standing:
    """A reason in a few words, for a place within a sentence, and as sentences of its own."""

    brief: str
    full: str


WITHDRAWN = Standing("withdrawn", "This experiment has been withdrawn.")
NOT_ASKED_FOR = Standing(
    "not measured yet", "Not measured yet: no reference run has been asked for."
)
LACKS = "not available for this network"


def standing_of(run: Run | None, place: int | None) -> Standing:
    """The standing of the newest reference run; `place` is its place in the queue, if it waits."""
    if run is None:
        return NOT_ASKED_FOR
    if run.state == S.QUEUED:
        at = f" at place {place}" if place else ""
        return Standing(
            "being measured", f"Being measured: the reference run is queued{at}. {RELOAD}"
        )
    if run.state == S.RUNNING:
        return Standing(
            "being measured", f"Being measured: the reference run is training. {RELOAD}"
        )
    if run.state == S.FAILED and run.reason.startswith(DIVERGED):
        epoch = run.reason.removeprefix(DIVERGED).partition(":")[0].strip()
        return Standing(f"diverged in epoch {epoch}", run.reason.replace("It", "The run", 1))
    ended = run.get_state_display()
    told = (
        f"Not measured: the reference run {ended}."
        if run.state == S.FAILED
        else f"Not measured: the reference run was ended ({ended})."
    )
    return Standing("not measured", f"{told} {run.reason}".strip())
