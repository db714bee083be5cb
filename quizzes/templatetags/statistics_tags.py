"""Figures as the pages of statistics write them; what is not known is a dash."""

from django import template

register = template.Library()
UNKNOWN = "–"


@register.filter
def percent(share: float | None) -> str:
    """A fraction in whole percent."""
    return UNKNOWN if share is None else f"{share * 100:.0f}\u00a0%"


@register.filter
def figure(value: float | None) -> str:
    """A number with two decimals, its minus a true one; what rounds to zero has none."""
    return UNKNOWN if value is None else f"{value:z.2f}".replace("-", "−")


@register.filter
def hundredths(share: float) -> str:
    """A fraction as a length of 100, for a drawing."""
    return f"{share * 100:.1f}"


@register.filter
def duration(seconds: float | None) -> str:
    """Seconds as a person says them: 45 s, 1 min 20 s."""
    if seconds is None:
        return UNKNOWN
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
