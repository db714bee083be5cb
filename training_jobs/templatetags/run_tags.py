"""Filters for the figures of runs, so that every page writes them alike."""

from django import template

from training_jobs import figures

register = template.Library()

register.filter("percent", figures.percent)
register.filter("decimal", figures.decimal)
register.filter("whole", figures.whole)
