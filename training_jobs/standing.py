"""Why an experiment has no figures, in words for a lesson. Pure."""

from dataclasses import dataclass

from training_jobs.engine.progress import BEYOND
from training_jobs.models import Run

S = Run.State
RELOAD = "Reload the page in a moment."


@dataclass(frozen=True)
class Standing:
    """A reason in a few words, for a place within a sentence, and as sentences of its own."""

    brief: str
    full: str
    # Whether it will change by itself.
    is_coming: bool = False

    @property
    def in_sentence(self) -> str:
        """The reason where a figure is missing: in brackets, so that the sentence still reads."""
        return in_brackets(self.brief)


def in_brackets(reason: str) -> str:
    return f"[{reason}]"


WITHDRAWN = Standing("withdrawn", "This experiment has been withdrawn.")
NOT_ASKED_FOR = Standing(
    "not measured yet", "Not measured yet: no reference run has been asked for."
)
LACKS = "not available for this network"


def standing_of(run: Run, place: int | None) -> Standing:
    """That of a reference run; `place` is the one in the queue, where it waits."""
    if run.state == S.QUEUED:
        return _coming(_queued(place))
    if run.state == S.RUNNING:
        return _coming("is training")
    if run.has_diverged:
        return Standing(run.told_end, f"The run {run.told_end}: {BEYOND}.")
    return Standing("not measured", f"Not measured: the reference run {_ended(run)}")


def _coming(doing: str) -> Standing:
    told = f"Being measured: the reference run {doing}. {RELOAD}"
    return Standing("being measured", told, is_coming=True)


def newer_words(run: Run, place: int | None) -> str:
    """What has to be said where an older run than this reference run is shown."""
    told = f"of “{run.experiment.title}”"
    if run.is_active:
        doing = _queued(place) if run.state == S.QUEUED else "is training"
        return f"A newer reference run {told} {doing}; this page shows an earlier one."
    return f"The newest reference run {told} {_ended(run)} This page shows an earlier one."


def _queued(place: int | None) -> str:
    return f"is queued at place {place}" if place else "is queued"


def _ended(run: Run) -> str:
    """Such as “failed. It needed more memory.”"""
    state = run.get_state_display()
    told = f"{state}." if run.state == S.FAILED else f"was ended ({state})."
    return f"{told} {run.reason}".strip()
