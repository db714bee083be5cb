"""Tables as CSV that a spreadsheet may open without harm. Pure."""

import csv
from collections.abc import Iterable, Iterator
from typing import Any

# A spreadsheet would run a cell that begins with one of these as a formula.
FORMULA_STARTS = tuple("=+-@\t\r\n＝＋－＠")


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, line: str) -> str:
        return line


def csv_lines(rows: Iterable[Iterable[Any]]) -> Iterator[str]:
    """One line of CSV for each row, by RFC 4180; texts that look like formulas are made harmless.

    They get an apostrophe before them, as OWASP advises
    (https://owasp.org/www-community/attacks/CSV_Injection). Numbers stay numbers.
    """
    writer = csv.writer(_Echo(), lineterminator="\r\n")
    for row in rows:
        yield writer.writerow(map(_safe, row))


def _safe(cell: Any) -> Any:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_STARTS) else cell
