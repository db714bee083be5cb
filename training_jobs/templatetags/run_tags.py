"""Filters for the figures of runs, so that every page writes them alike."""

from django import template

from training_jobs import figures, plan_words

register = template.Library()

register.filter("percent", figures.percent)
register.filter("points", figures.points)
register.filter("decimal", figures.decimal)
register.filter("whole", figures.whole)
register.filter("network", plan_words.network)
register.filter("hidden", plan_words.hidden)
register.filter("optimizer", plan_words.optimizer)
register.filter("tick", figures.tick)
register.filter("seconds", figures.seconds)
