"""Moments as people read them: named with their zone, and in their own where a script can tell.

Every page writes them through here, so that none stands without a zone beside one that has it.
"""

from datetime import UTC, datetime

from django.utils.dateformat import format as formatted
from django.utils.html import format_html
from django.utils.safestring import SafeString

# How exactly a moment is told, by the name that `static/js/moments.js` knows it by, too.
STYLES = {
    "minute": r"j M Y, H:i \U\T\C",
    "second": r"j M Y, H:i:s \U\T\C",
    "clock": r"H:i \U\T\C, j M",
}


def told(moment: datetime | None, style: str = "minute") -> SafeString | str:
    """The moment in UTC, ready for the script to tell it in the reader's zone; a dash for none."""
    if moment is None:
        return "–"
    utc = moment.astimezone(UTC)
    return format_html(
        '<time datetime="{}" data-moment="{}">{}</time>',
        *(utc.isoformat(), style, formatted(utc, STYLES[style])),
    )
