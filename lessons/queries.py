"""Questions that pages ask about the course."""

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404

from authoring.models import State
from lessons import rendering
from lessons.models import Lesson, Topic, Track
from lessons.modes import MODES, Mode
from training_jobs.figures import figure, figure_of_plan, figure_of_start
from training_jobs.history import History
from training_jobs.models import Experiment
from training_jobs.queries import published_experiments
from training_jobs.references import NONE, Reference, references
from training_jobs.standing import LACKS, NOT_ASKED_FOR, WITHDRAWN, Standing, in_brackets


@dataclass(frozen=True)
class ModeChoice:
    """One of the ten modes as a topic offers it; `lesson` is None where nobody has written it."""

    mode: Mode
    lesson: Lesson | None
    remembered: bool


@dataclass(frozen=True)
class ShownExperiment:
    """An experiment named by a block, with what there is of its reference runs."""

    experiment: Experiment
    reference: Reference

    @property
    def title(self) -> str:
        """That of the run that is shown, where its plan is not the experiment's any more."""
        run = self.reference.run
        return run.title if run else self.experiment.title

    @property
    def history(self) -> History | None:
        return self.reference.history

    @property
    def standing(self) -> Standing | None:
        """Why there are no final figures; None where there are."""
        return self.reference.standing


@dataclass(frozen=True)
class ShownBlock:
    """A lesson's block with the facts that fill it."""

    kind: str
    html: str
    title: str
    experiments: list[ShownExperiment]
    stage: dict[str, Any] | None
    number: int
    # Where the figures are not of the newest reference run.
    notes: list[str] = field(default_factory=list)

    @property
    def template(self) -> str:
        return f"lessons/blocks/_{self.kind.replace('-', '_')}.html"


def course() -> QuerySet[Track]:
    """The published tracks, each with its published topics and their lessons."""
    topics = Topic.objects.filter(state=State.PUBLISHED).prefetch_related(
        Prefetch("lessons", Lesson.objects.filter(state=State.PUBLISHED))
    )
    return Track.objects.filter(state=State.PUBLISHED).prefetch_related(Prefetch("topics", topics))


def published_topic(slug: str) -> Topic:
    """The published topic of this slug, or 404."""
    topics = Topic.objects.select_related("track", "experiment")
    published = topics.filter(state=State.PUBLISHED, track__state=State.PUBLISHED)
    return get_object_or_404(published, slug=slug)


def lesson_of(topic: Topic, mode: str, *, drafts: bool) -> Lesson:
    """The topic's lesson in this mode, or 404; a draft only for those who may see drafts."""
    found = Lesson.objects.filter(topic=topic, mode=mode).first()
    if found is None or not (found.is_published or drafts):
        raise Http404
    found.topic = topic
    return found


def mode_choices(topic: Topic, remembered: str) -> list[ModeChoice]:
    """All ten modes in their order, with the lesson of each mode that is written."""
    written = {lesson.mode: lesson for lesson in topic.lessons.filter(state=State.PUBLISHED)}
    for lesson in written.values():
        lesson.topic = topic
    return [
        ModeChoice(mode, written.get(mode.slug), mode.slug == remembered) for mode in MODES.values()
    ]


def entry(choices: list[ModeChoice]) -> Lesson | None:
    """Where “start learning” leads: the remembered mode if it is written, else the first one."""
    written = [choice for choice in choices if choice.lesson]
    remembered = [choice for choice in written if choice.remembered]
    return (remembered or written)[0].lesson if written else None


def shown_blocks(lesson: Lesson) -> list[ShownBlock]:
    """The lesson's blocks, filled with the figures of the reference runs that they name."""
    slugs = sorted(rendering.experiments_in(lesson.blocks))
    experiments = {found.slug: found for found in published_experiments().filter(slug__in=slugs)}
    made = references(list(experiments))
    shown = {
        slug: ShownExperiment(found, made.get(slug, NONE)) for slug, found in experiments.items()
    }
    counts: dict[str, int] = {}
    blocks = []
    for block in lesson.blocks:
        counts[block["kind"]] = counts.get(block["kind"], 0) + 1
        blocks.append(_fill(block, shown, counts[block["kind"]]))
    return blocks


def notes_of(blocks: list[ShownBlock]) -> list[str]:
    """What has to be said once, before all figures: that some are not of the newest run."""
    return list(dict.fromkeys(note for block in blocks for note in block.notes))


def _fill(block: rendering.Block, shown: dict[str, ShownExperiment], number: int) -> ShownBlock:
    named = [shown[slug] for slug in block.get("experiments", []) if slug in shown]
    return ShownBlock(
        kind=block["kind"],
        html=rendering.fill(
            block.get("html", ""), lambda slug, metric: _figure(shown, slug, metric)
        ),
        title=block.get("title", ""),
        experiments=named,
        stage=_stage(named, block["stage"]) if "stage" in block else None,
        number=number,
        notes=[
            shown[slug].reference.note
            for slug in sorted(rendering.experiments_in([block]))
            if slug in shown and shown[slug].reference.note
        ],
    )


def _figure(shown: dict[str, ShownExperiment], slug: str, metric: str) -> str:
    """The figure, or the reason why it is missing."""
    if slug not in shown:
        return WITHDRAWN.in_sentence
    one = shown[slug]
    if one.standing is None:
        return figure(one.history, metric) or in_brackets(LACKS)
    if known := figure_of_start(one.history, metric):
        return known
    # What ended too soon has not made all the steps and epochs of its plan.
    is_ahead = one.standing.is_coming or one.standing is NOT_ASKED_FOR
    planned = figure_of_plan(one.experiment.plan, metric) if is_ahead else None
    return planned or one.standing.in_sentence


def _stage(named: list[ShownExperiment], name: str) -> dict[str, Any]:
    history = named[0].history if named else None
    if history is None or history.start is None or history.result is None:
        return {"name": name}
    stages = [*history.start["dataset"]["stages"], *history.result["stages"]]
    return next((stage for stage in stages if stage["name"] == name), {"name": name})
