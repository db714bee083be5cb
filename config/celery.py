"""The Celery application: a queue of anonymous wake-ups."""

from config.settings_module import choose_settings

choose_settings()

from config.broker import Application  # noqa: E402  (Celery reads the settings' name)

app = Application("weightwise")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
