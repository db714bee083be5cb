"""Settings for `make run`: one machine, one person, nothing to configure."""

from config.env import env, kept_secret

from .base import *  # noqa: F403  (settings modules build on one another by name)
from .base import DATA

DEBUG = False
SECRET_KEY = env.str("WEIGHTWISE_SECRET_KEY", default="") or kept_secret(DATA / "secret_key")
ALLOWED_HOSTS = env.list("WEIGHTWISE_ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
# Serves the source folder as it is: no collectstatic between an edit and a reload.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
