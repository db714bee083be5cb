"""Markdown to safe HTML. Called when a text is saved, never when it is viewed."""

import re
from functools import lru_cache
from html import escape

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Delimiter
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name

# Classes, not inline styles: the Content-Security-Policy refuses the latter.
FORMATTER = HtmlFormatter(nowrap=True, classprefix="tok-")

# Languages that are highlighted: lexers of others may take minutes for a malicious text. The time
# of these grows at worst with the square of a block's length.
COLOURED = {
    *("bash", "c", "console", "diff", "html", "java", "json", "julia", "pycon", "python", "r"),
    *("sql", "toml", "yaml"),
}
LONGEST_COLOURED = 4000

# A line that is indented like this is code, as in longer texts.
CODE = re.compile(r" {0,3}\t| {4}")

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
# Made once: that takes several times as long as to clean a short text.
CLEANER = nh3.Cleaner(
    tags=ALLOWED_TAGS,
    attributes=ALLOWED_ATTRIBUTES,
    url_schemes={"http", "https", "mailto"},
    link_rel="noopener noreferrer",
)


def highlighted(code: str, language: str, _attributes: str = "") -> str:
    """`code` as a block, with Pygments' token classes if that is quick."""
    is_coloured = language.lower() in COLOURED and len(code) <= LONGEST_COLOURED
    lexer = get_lexer_by_name(language if is_coloured else "text")
    # A scrolling region has to be reachable by keyboard, hence the tabindex.
    return f'<pre class="code" tabindex="0"><code>{highlight(code, lexer, FORMATTER)}</code></pre>'


@lru_cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "highlight": highlighted})
    return parser.enable(["table", "strikethrough"])


@lru_cache
def _line_parser() -> MarkdownIt:
    """For texts of one line: everything but inline markup is literal."""
    parser = MarkdownIt("commonmark", {"html": False})
    parser.enable("strikethrough").disable("entity")
    parser.inline.ruler.at("emphasis", _emphasis)
    return parser


def _emphasis(state: StateInline, silent: bool) -> bool:
    """Asterisks around words; those within `2**3` are literal, and so are underscores."""
    if silent or state.src[state.pos] != "*":
        return False
    scanned = state.scanDelims(state.pos, False)
    for _ in range(scanned.length):
        state.push("text", "", 0).content = "*"
        state.delimiters.append(
            Delimiter(
                marker=ord("*"),
                length=scanned.length,
                token=len(state.tokens) - 1,
                end=-1,
                open=scanned.can_open,
                close=scanned.can_close,
            )
        )
    state.pos += scanned.length
    return True


def sanitised(html: str) -> str:
    """`html` with nothing in it but the tags, attributes and addresses that a text needs."""
    return CLEANER.clean(html)


def render(markdown: str) -> str:
    """A Markdown text as sanitised HTML."""
    return sanitised(str(_parser().render(markdown)))


def render_short(markdown: str) -> str:
    """A text that may be a single line, which is then shown as written: see `render_inline`.

    In longer texts `+`, `>`, `1.` or `#` at the start of a line open a list, a quotation or a
    heading.
    """
    return f"<p>{_line(markdown)}</p>\n" if _is_line(markdown) else render(markdown)


def render_inline(markdown: str) -> str:
    """The HTML of a line, without a paragraph around it; for a longer text, its blocks.

    A line has emphasis, code, links and images, but no blocks: `-`, `> 0.5` and `1.` are literal,
    and so are `&nbsp;` and `__init__`.
    """
    if _is_line(markdown):
        return _line(markdown)
    html = render(markdown).strip()
    if html.count("<p>") == 1 and html.startswith("<p>") and html.endswith("</p>"):
        return html.removeprefix("<p>").removesuffix("</p>")
    return html


def _is_line(markdown: str) -> bool:
    return len(markdown.strip().splitlines()) == 1


def _line(markdown: str) -> str:
    text = markdown.strip()
    if CODE.match(markdown.lstrip("\r\n")):
        return f"<code>{escape(text)}</code>"
    return sanitised(str(_line_parser().renderInline(text)))
