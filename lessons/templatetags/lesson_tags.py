"""Charts for lesson pages, drawn on the server so that they need no JavaScript."""

from collections.abc import Sequence

from django import template

from lessons.charts import Bars, bars
from lessons.queries import ShownBlock, ShownExperiment
from lessons.traces import Trace, traces
from training_jobs.models import Experiment
from training_jobs.references import reference_of

register = template.Library()


@register.filter(name="traces")
def traces_of(experiments: Sequence[ShownExperiment]) -> list[Trace]:
    """The traces of a block's experiments whose reference runs have ended."""
    return traces([(shown.experiment, shown.reference) for shown in experiments])


@register.simple_tag
def shown_experiment(experiment: Experiment) -> ShownExperiment:
    """An experiment with what there is of its reference runs."""
    return ShownExperiment(experiment, reference_of(experiment))


@register.filter(name="trace")
def trace_of(shown: ShownExperiment) -> Trace | None:
    """The trace of an experiment's reference run; None where there is nothing to draw."""
    found = traces_of([shown])
    return found[0] if found else None


@register.filter(name="bars")
def bars_of(values: Sequence[float]) -> Bars:
    """Values as bars on one scale."""
    return bars(values)


@register.filter
def place_among(block: ShownBlock, blocks: Sequence[ShownBlock]) -> int:
    """Where a block stands in its unbroken row of blocks of one kind: hints count from 1 again
    after something else came between."""
    at = blocks.index(block)
    before = range(at, -1, -1)
    return next((at - i for i in before if blocks[i].kind != block.kind), at + 1)
