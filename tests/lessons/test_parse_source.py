"""A lesson's source becomes blocks; what cannot be shown is said with its line."""

import pytest
from django.core.exceptions import ValidationError

from lessons.rendering import SourceError, experiments_in, fill, parse
from tests.factories import make_experiment, make_lesson, make_topic


def test_prose_and_blocks_come_in_their_order() -> None:
    source = "## One\n\nFirst.\n\n[[inline-quiz]]\n\n## Two\n[[trace sgd adam]]\nLast."
    blocks = parse(source)
    assert [block["kind"] for block in blocks] == [
        "prose",
        "inline-quiz",
        "prose",
        "trace",
        "prose",
    ]
    assert "<h2>One</h2>" in blocks[0]["html"]
    assert blocks[3]["experiments"] == ["sgd", "adam"]


def test_a_stage_names_its_experiment_and_itself() -> None:
    assert parse("[[stage optimizers-adam load]]") == [
        {"kind": "stage", "experiments": ["optimizers-adam"], "stage": "load"}
    ]


@pytest.mark.parametrize("kind", ["hint", "solution", "note"])
def test_a_container_has_a_title_and_what_is_inside(kind: str) -> None:
    (block,) = parse(f"::: {kind} Where to look\nAt **layer 1**.\n\n- first\n:::\n")
    assert (block["kind"], block["title"]) == (kind, "Where to look")
    assert "<strong>layer 1</strong>" in block["html"]
    assert "<li>first</li>" in block["html"]


def test_figures_stand_in_prose_and_containers() -> None:
    text = "It reached {{ measured mnist-64.test_accuracy }}."
    blocks = parse(f"{text}\n\n::: note So\n{text.replace('64', '16')}\n:::")
    assert experiments_in(blocks) == {"mnist-64", "mnist-16"}
    assert '<data class="measured" value="mnist-64.test_accuracy"></data>' in blocks[0]["html"]


def test_a_figure_is_filled_in_or_what_is_told_in_its_stead() -> None:
    (block,) = parse("{{ measured a.test_loss }} and {{measured b.test_loss}}")
    html = fill(block["html"], lambda slug, _: "<0.1>" if slug == "a" else "withdrawn")
    assert '<data class="measured" value="a.test_loss">&lt;0.1&gt;</data>' in html
    assert '<data class="measured" value="b.test_loss">withdrawn</data>' in html


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ("Text.\n\n[[inline-quizz]]", r"Line 3: \[\[inline-quizz\]\] is not a block; there are"),
        ("[[inline-quiz]", r"Line 1: \[\[inline-quiz\] is not a block"),
        ("[[run]]", r"Line 1: \[\[run\]\] takes 1 argument\(s\), not 0"),
        ("\n[[run a b]]", r"Line 2: \[\[run\]\] takes 1 argument\(s\), not 2"),
        ("[[inline-quiz now]]", r"Line 1: \[\[inline-quiz\]\] takes 0 argument\(s\), not 1"),
        ("[[trace]]", r"Line 1: \[\[trace\]\] takes at least one experiment, not 0"),
        ("[[stage adam boil]]", r"Line 1: there is no stage boil; there are evaluate, load"),
        ("a\n\n::: hint Where\nHere.\n", r"Line 3: ::: hint is never closed by a line :::"),
        ("::: spoiler Where\nHere.\n:::", r"Line 1: ::: spoiler Where opens nothing"),
        ("::: hint\nHere.\n:::", r"Line 1: ::: hint opens nothing"),
        ("a\n\n:::", r"Line 3: ::: opens nothing"),
        ("::: hint So\n[[run a]]\n:::", r"Line 2: \[\[run\]\] has to be on a line of its own"),
        ("As in [[trace a b]] here", r"Line 1: \[\[trace\]\] has to be on a line of its own"),
        ("[[inline-quiz]]\n\n[[inline-quiz]]", r"\[\[inline-quiz\]\] stands twice"),
        ("a {{ measured speed }}", r"Line 1: write a figure as"),
        ("a\n{{ measured m.speed }}", r"Line 2: speed is not measured; there are test_accuracy"),
        ("::: note So\n\n{{ measured m.speed }}\n:::", r"Line 3: speed is not measured"),
    ],
)
def test_an_error_names_its_line(source: str, complaint: str) -> None:
    with pytest.raises(SourceError, match=complaint):
        parse(source)


FENCED = """\
Before.

```text
[[not-a-block]]
::: hint nothing
{{ measured m.speed }}
```

After.
"""


def test_code_is_left_alone() -> None:
    (block,) = parse(FENCED)
    assert "[[not-a-block]]" in block["html"]
    assert "::: hint nothing" in block["html"]
    assert "{{ measured m.speed }}" in block["html"]


def test_code_in_a_container_is_left_alone() -> None:
    hint, after = parse(
        "::: hint Look\n```text\n:::\n[[x]]\n{{ measured m.speed }}\n```\n:::\nAfter."
    )
    assert ":::\n[[x]]" in hint["html"]
    assert "{{ measured m.speed }}" in hint["html"]
    assert "After." in after["html"]


def test_a_block_after_code_is_a_block() -> None:
    kinds = [block["kind"] for block in parse(f"{FENCED}\n[[inline-quiz]]")]
    assert kinds == ["prose", "inline-quiz"]


@pytest.mark.parametrize("fence", ["~~~", "````"])
def test_other_fences_fence_as_well(fence: str) -> None:
    (block,) = parse(f"{fence}\n```\n[[x]]\n{fence}")
    assert "[[x]]" in block["html"]


def test_code_within_a_line_opens_no_fence() -> None:
    kinds = [block["kind"] for block in parse("```x``` is short.\n\n[[inline-quiz]]")]
    assert kinds == ["prose", "inline-quiz"]


@pytest.mark.django_db
def test_an_experiment_that_is_not_there_is_refused() -> None:
    make_experiment("known")
    lesson = make_lesson(make_topic(), source="[[run known]]\n\n{{ measured gone.test_loss }}")
    with pytest.raises(ValidationError, match="there is no published experiment gone"):
        lesson.full_clean()


@pytest.mark.django_db
def test_a_wrong_source_is_refused_at_its_field() -> None:
    lesson = make_lesson(make_topic())
    lesson.source = "Text.\n[[runs a]]"
    with pytest.raises(ValidationError) as refused:
        lesson.full_clean()
    assert refused.value.message_dict["source"][0].startswith("Line 2: [[runs a]] is not a block")


@pytest.mark.django_db
def test_html_in_a_source_is_text() -> None:
    lesson = make_lesson(make_topic(), source="<script>x</script>", key_insight="<b onclick=x>y")
    assert "<script>" not in lesson.blocks[0]["html"]
    assert "<b" not in lesson.key_insight_html
