"""The one way in which a template writes a moment."""

from django import template

from authoring.moments import told

register = template.Library()
register.filter("moment", told)
