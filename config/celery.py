"""The Celery application: a queue of anonymous wake-ups."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")

app = Celery("weightwise")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
