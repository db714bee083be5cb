"""Markdown becomes HTML in which nothing can run."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authoring.rendering import render, render_inline, render_short, sanitised
from authoring.visible import likeness, plain, prose

ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '<a href="https://example.org" onclick="alert(1)">here</a>',
    "<svg onload=alert(1)><animate/></svg>",
    '<svg><a xlink:href="javascript:alert(1)"><text>x</text></a></svg>',
    "<iframe src=https://example.org></iframe>",
    '<p style="position:fixed">over everything</p>',
    "<style>body { display: none }</style>",
    '<form action="/accounts/logout/"><button>go</button></form>',
    '<a href="javascript:alert(1)">here</a>',
    '<a href=" java\nscript:alert(1)">here</a>',
    '<a href="data:text/html,<script>alert(1)</script>">here</a>',
    '<img src="data:image/svg+xml,<svg onload=alert(1)>">',
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    '<div id="main"></div>',
    '<data class="x" value="1" onclick="alert(1)">x</data>',
]
DANGERS = [
    *("<script", "<svg", "<iframe", "<style", "<form", "<button", "<math"),
    *("onerror=", "onclick=", "onload=", "style=", "javascript:", "data:", "id="),
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_html_loses_what_could_run(attack: str) -> None:
    cleaned = sanitised(attack).lower()
    assert not [danger for danger in DANGERS if danger in cleaned]


@pytest.mark.parametrize("attack", ATTACKS)
def test_html_in_markdown_is_shown_and_not_obeyed(attack: str) -> None:
    tags = [part.partition(">")[0].split()[0] for part in render(attack).split("<")[1:]]
    assert {tag.strip("/") for tag in tags} <= {"p", "pre", "code"}


@pytest.mark.parametrize(
    "link", ["[x](javascript:alert(1))", "[x](data:text/html,hi)", "![x](javascript:alert(1))"]
)
def test_a_link_to_a_script_is_no_link(link: str) -> None:
    assert 'href="' not in render(link)
    assert 'src="' not in render(link)


def test_links_keep_their_addresses_and_tell_nobody() -> None:
    html = render("[Keras](https://keras.io/ 'its pages') and [home](/learn/optimizers/)")
    assert 'href="https://keras.io/"' in html
    assert 'href="/learn/optimizers/"' in html
    assert html.count('rel="noopener noreferrer"') == 2


def test_code_is_coloured_by_classes_alone() -> None:
    html = render("```python\nfor step in range(3):\n    print('<b>')\n```")
    assert '<pre class="code" tabindex="0"><code>' in html
    assert 'class="tok-' in html
    assert "&lt;b&gt;" in html
    assert "style=" not in html


@pytest.mark.parametrize("fence", ["```klingon", "```", "~~~", "```python onclick=x"])
def test_code_in_any_language_is_shown(fence: str) -> None:
    html = render(f"{fence}\nx < 1\n{fence[:3]}")
    assert "&lt;" in html
    assert "onclick" not in html


@pytest.mark.parametrize("fence", ["```lasso", "```markdown", "```livescript", "```python"])
def test_a_block_of_code_is_coloured_only_where_that_is_quick(fence: str) -> None:
    """Lexers of many languages take minutes for such a text."""
    html = render(f"{fence}\n{'[a. ' * 5000}\n```")
    assert "tok-" not in html
    assert html.count("[a.") == 5000


def test_a_table_is_a_table() -> None:
    html = render("| optimizer | rate |\n|---|---|\n| SGD | 0.1 |")
    assert "<th>optimizer</th>" in html
    assert "<td>0.1</td>" in html


def test_a_line_has_no_paragraph_around_it() -> None:
    assert render_inline("`Adam(0.001)` *works*") == "<code>Adam(0.001)</code> <em>works</em>"


def test_several_paragraphs_keep_theirs() -> None:
    assert render_inline("one\n\ntwo").count("<p>") == 2


def test_a_block_of_code_stays_a_block() -> None:
    assert render_inline("```python\nx = 1\n```").startswith("<pre")


LINES = [
    *("+", "-", "*", "> 0.5", "1.", "2) two", "# x", "---", "***", "| a | b |", "- a", "```", "=="),
    *(
        "&nbsp;",
        "&lt;b&gt;",
        "<b>",
        "<!-- x -->",
        "2*3*4",
        "x**2 + y**2",
        "__init__",
        "_x_",
        "[x]: /y",
    ),
    *("~~~", "[x]", "(*args, **kwargs)", "a * b * c", "5 > 3 < 4", "$x_1$", "`", "$$", "=+-", "\\"),
]


@pytest.mark.parametrize("line", LINES)
def test_a_line_is_read_as_it_was_written(line: str) -> None:
    assert plain(render_inline(line)) == plain(render_short(line)) == line
    assert render_short(f"\n{line}\n") == f"<p>{render_inline(line)}</p>\n"


@given(st.text(alphabet="+-*>#1.)|=~ `x", min_size=1, max_size=12))
def test_a_line_has_no_blocks(line: str) -> None:
    tags = set(re.findall(r"<(\w+)", render_inline(line)))
    assert tags <= {"em", "strong", "s", "code"}


def test_an_indented_line_is_code_within_its_line() -> None:
    assert render_inline("    x = a*b* c\n") == "<code>x = a*b* c</code>"


def test_a_longer_text_has_its_blocks() -> None:
    assert "<ul>" in render_short("Either\n\n- this\n- or that")


@pytest.mark.parametrize(
    ("one", "other", "are_alike"),
    [
        ("*Adam*", "adam", True),
        ("`x`", "x", True),
        ("`True`", "`true`", False),
        ("a\u00a0 b", "a b", True),
        ("a\u200bb\u2066", "ab", True),
        ("cafe\u0301", "caf\u00e9", True),
        ("x²", "x2", False),
        ("+", "-", False),
        ("![one](/a.png)", "![one](/b.png)", False),
        ("[a](/x)", "[a](/y)", True),
        ("```\na\n b\n```", "```\na\nb\n```", False),
    ],
)
def test_texts_that_read_alike(one: str, other: str, *, are_alike: bool) -> None:
    assert (likeness(render_inline(one)) == likeness(render_inline(other))) is are_alike


@pytest.mark.parametrize("text", ["", " ", "\u200b", "[](x)", "\u00a0", "\u3164", "\u2800", "\n\n"])
def test_there_is_nothing_to_see(text: str) -> None:
    assert not likeness(render_inline(text))


def test_a_text_without_its_marks() -> None:
    html = render("*One* `a`:\n\n- two &amp; ![three](/x.png)\n\n```\nfour\n  five\n```")
    assert plain(html) == "One a:\ntwo & three\nfour\n  five"
    assert prose(render("option `B`, *b*")) == "option …, b"
