"""Markdown to safe HTML. Called when a text is saved, never when it is viewed."""

import nh3
from markdown_it import MarkdownIt
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

# Classes, not inline styles: the Content-Security-Policy refuses the latter.
FORMATTER = HtmlFormatter(nowrap=True, classprefix="tok-")

ALLOWED_TAGS = {
    *("a", "abbr", "b", "blockquote", "br", "code", "data", "del", "div", "em", "figcaption"),
    *("figure", "h2", "h3", "h4", "hr", "i", "img", "kbd", "li", "ol", "p", "pre", "s", "span"),
    *("strong", "sub", "sup", "table", "tbody", "td", "th", "thead", "tr", "ul"),
}
ALLOWED_ATTRIBUTES = {
    "a": {"href", "title"},
    "code": {"class"},
    "span": {"class"},
    "div": {"class"},
    "pre": {"class", "tabindex"},
    "data": {"class", "value"},
    "img": {"src", "alt", "title"},
    "h2": {"id"},
    "th": {"scope"},
    "ol": {"start"},
}


def highlighted(code: str, language: str, _attributes: str = "") -> str:
    """`code` as a block with Pygments' token classes; an unknown language stays plain text."""
    try:
        lexer = get_lexer_by_name(language or "text")
    except ClassNotFound:
        lexer = get_lexer_by_name("text")
    # A scrolling region has to be reachable by keyboard, hence the tabindex.
    return f'<pre class="code" tabindex="0"><code>{highlight(code, lexer, FORMATTER)}</code></pre>'


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "highlight": highlighted})
    return parser.enable(["table", "strikethrough"])


def sanitised(html: str) -> str:
    """`html` with nothing in it but the tags, attributes and addresses that a text needs."""
    return nh3.clean(
        html,
        tags=ALLOWED_TAGS,
        attributes=ALLOWED_ATTRIBUTES,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer",
    )


def render(markdown: str) -> str:
    """A Markdown text as sanitised HTML."""
    return sanitised(str(_parser().render(markdown)))


def render_inline(markdown: str) -> str:
    """A text that is one code block or one line: its HTML without a paragraph around a line."""
    html = render(markdown).strip()
    if html.count("<p>") == 1 and html.startswith("<p>") and html.endswith("</p>"):
        return html.removeprefix("<p>").removesuffix("</p>")
    return html
