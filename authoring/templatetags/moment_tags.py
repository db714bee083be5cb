"""The filter by which templates show times."""

from django import template

from authoring.moments import told

register = template.Library()
register.filter("moment", told)
