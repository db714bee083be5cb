"""Markdown becomes HTML in which nothing can run."""

import pytest

from authoring.rendering import render, render_inline, sanitised

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
