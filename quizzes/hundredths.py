"""Points and credits as every page writes them. Pure."""

from django.template.defaultfilters import floatformat


def hundredths(value: float | None) -> str:
    """At most two decimals, and none that says nothing: 0.2, 0.25, 3. Nothing for no number."""
    return "" if value is None else floatformat(value, 2).rstrip("0").rstrip(".")
