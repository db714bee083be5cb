"""Wiring: settings, addresses, servers."""

# Every process that rings for the workers must know this application: `current_app` would
# otherwise be Celery's default one, which talks to another broker.
from config.celery import app as celery_app

__all__ = ["celery_app"]
