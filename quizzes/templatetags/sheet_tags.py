"""What the page of an open test counts down."""

from datetime import datetime
from math import ceil

from django import template
from django.utils import timezone

register = template.Library()


@register.filter
def seconds_left(moment: datetime) -> int:
    """Whole seconds until this moment, rounded up: a page that counts them down is never early."""
    return max(0, ceil((moment - timezone.now()).total_seconds()))
