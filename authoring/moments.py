"""Times as people read them: with their zone, which is the reader's own where scripts run.

Every page formats its times here, so that none lacks a zone.
"""

from datetime import UTC, datetime

from django.utils.dateformat import format as formatted
from django.utils.html import format_html
from django.utils.safestring import SafeString

# How precisely a time is shown; `static/js/moments.js` knows the same names.
STYLES = {
    "minute": r"j M Y, H:i \U\T\C",
    "second": r"j M Y, H:i:s \U\T\C",
    "clock": r"H:i \U\T\C, j M",
}


def told(moment: datetime | None, style: str = "minute") -> SafeString | str:
    """The time in UTC, marked up for the script that converts it; a dash for None."""
    if moment is None:
        return "–"
    utc = moment.astimezone(UTC)
    return format_html(
        '<time datetime="{}" data-moment="{}">{}</time>',
        *(utc.isoformat(), style, formatted(utc, STYLES[style])),
    )
