"""The curves of a trace, and the rows that they are drawn from."""

import pytest

from lessons.charts import BARS_HEIGHT, BOTTOM, LEFT, RIGHT, TOP, bars, line, round_top
from lessons.queries import shown_blocks
from lessons.templatetags.lesson_tags import place_among, traces_of
from tests.factories import finish_run, make_lesson, make_run, make_topic


def written(value: float) -> str:
    return f"{value:.1f}"


def test_a_curve_begins_at_epoch_zero_and_stays_in_its_box() -> None:
    drawn = line([0.0, 1.0, 2.0, 9.0], 4.0, written, written)
    assert [point.x for point in drawn.points][:: len(drawn.points) - 1] == [LEFT, RIGHT]
    assert [point.y for point in drawn.points] == [BOTTOM, 137, 98, TOP]
    assert [tick.label for tick in drawn.x_ticks] == ["0", "1", "2", "3"]
    assert [tick.label for tick in drawn.y_ticks] == ["0.0", "1.0", "2.0", "3.0", "4.0"]
    assert "epoch 1 1.0" in drawn.told


def test_a_single_point_is_a_curve() -> None:
    (point,) = line([0.5], 1.0, written, written).points
    assert (point.x, point.y, point.label) == (LEFT, (TOP + BOTTOM) / 2, "0.5")


@pytest.mark.parametrize(
    ("highest", "top"), [(0.65, 0.8), (0.1, 0.1), (1.0, 1.0), (2.3, 4.0), (9.5, 10.0), (0.0, 1.0)]
)
def test_a_scale_ends_at_a_round_number(highest: float, top: float) -> None:
    assert round_top(highest) == pytest.approx(top)


def test_bars_stand_on_zero_or_hang_from_it() -> None:
    drawn = bars([0.5, -1.0, 0.0])
    assert drawn.zero == BARS_HEIGHT / 2
    assert [(bar.y, bar.height) for bar in drawn.bars] == [(25, 25), (50, 50), (50, 0)]


def test_small_shares_are_not_blown_up() -> None:
    assert [bar.height for bar in bars([0.1, 0.9]).bars] == [10, 90]


@pytest.mark.django_db
def test_curves_and_rows_hold_the_same_numbers() -> None:
    topic = make_topic()
    finish_run(make_run(topic))
    lesson = make_lesson(topic, source=f"[[trace {topic.experiment.slug}]]")
    (trace,) = traces_of(shown_blocks(lesson)[0].experiments)
    assert [(row.epoch, row.loss, row.accuracy) for row in trace.rows] == [
        (0, 0.71, 0.52),
        (1, 0.4, 0.8),
        (2, 0.3, 0.9),
    ]
    assert [point.label for point in trace.loss.points] == ["0.710", "0.400", "0.300"]
    assert len(trace.accuracy.points) == len(trace.rows)
    assert not trace.validated


@pytest.mark.django_db
def test_a_run_that_has_not_ended_has_no_trace() -> None:
    topic = make_topic()
    make_run(topic)
    lesson = make_lesson(topic, source=f"[[trace {topic.experiment.slug}]]")
    assert traces_of(shown_blocks(lesson)[0].experiments) == []


@pytest.mark.django_db
def test_hints_are_counted_in_each_row_of_them() -> None:
    hint = "::: hint Look\nThere.\n:::\n"
    lesson = make_lesson(make_topic(), source=f"{hint}{hint}\nProse.\n\n{hint}")
    blocks = shown_blocks(lesson)
    assert [place_among(block, blocks) for block in blocks if block.kind == "hint"] == [1, 2, 1]
