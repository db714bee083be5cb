"""Tables as CSV that a spreadsheet opens rightly and without harm. Pure.

By RFC 4180: commas, quotes where they are needed, lines that end with CR LF; in UTF-8, and with a
decimal point. A byte order mark stands first: without one Excel takes the file for one of the
machine's old code page, and shows "Ã¤" for "ä".
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
# Where the decimal sign is a comma, Excel parts lines at semicolons: a cell may begin there, too.
INNER = re.compile(r"([;\t\r\n]\s*)(?=[=+\-@＝＋－＠])")


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, line: str) -> str:
        return line


def csv_lines(rows: Iterable[Iterable[Any]]) -> Iterator[str]:
    """The byte order mark, and a line for each row; what looks like a formula is made harmless.

    It gets an apostrophe before it, as OWASP advises
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
    """The text from its first visible character, or line end, on: spreadsheets skip the others."""
    for at, character in enumerate(cell):
        if character in "\t\r\n" or unicodedata.category(character) not in ("Cf", "Zs", "Cc"):
            return cell[at:]
    return ""
