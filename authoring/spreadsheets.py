"""Tables as CSV that spreadsheets open correctly and safely. Pure.

By RFC 4180: commas, quotes where needed, lines that end with CR LF; in UTF-8, with a decimal point.
A byte order mark comes first: without it, Excel assumes the machine's legacy code page and shows
"Ã¤" for "ä".
"""

import csv
import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any

CSV = "text/csv; charset=utf-8"
BYTE_ORDER_MARK = "\ufeff"
# A spreadsheet would run a cell that begins with one of these as a formula.
FORMULA_STARTS = tuple("=+-@\t\r\n＝＋－＠")
# Where the decimal sign is a comma, Excel splits lines at semicolons: a cell may begin there, too.
INNER = re.compile(r"([;\t\r\n]\s*)(?=[=+\-@＝＋－＠])")


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, line: str) -> str:
        return line


def csv_lines(rows: Iterable[Iterable[Any]]) -> Iterator[str]:
    """The byte order mark, then a line for each row; anything like a formula is made harmless.

    It gets an apostrophe in front, as OWASP advises
    (https://owasp.org/www-community/attacks/CSV_Injection). Numbers stay numbers.
    """
    yield BYTE_ORDER_MARK
    writer = csv.writer(_Echo(), lineterminator="\r\n")
    for row in rows:
        yield writer.writerow(map(_safe, row))


def _safe(cell: Any) -> Any:
    if not isinstance(cell, str):
        return cell
    inside = INNER.sub(r"\1'", cell)
    return f"'{inside}" if _begins(cell).startswith(FORMULA_STARTS) else inside


def _begins(cell: str) -> str:
    """The text from its first visible character or line end: spreadsheets skip what is before."""
    for at, character in enumerate(cell):
        if character in "\t\r\n" or unicodedata.category(character) not in ("Cf", "Zs", "Cc"):
            return cell[at:]
    return ""
