"""Settings of the test suite: development's, with quick passwords and mail kept in memory."""

import os

from config.env import ROOT, env

# Not the folder that `make run` uses: its database and its secret are a person's.
os.environ.setdefault("WEIGHTWISE_DATA", str(ROOT / ".cache" / "tests"))

from .dev import *  # noqa: F403  (settings modules build on one another by name)
from .dev import DATA, DATABASES

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

# A port where nothing listens: tests that need a broker start a real one.
REDIS_URL = CELERY_BROKER_URL = env.str("REDIS_URL", default="redis://127.0.0.1:1/0")

# A file, not memory: threads then meet the locks that they would meet in earnest.
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["TEST"] = {"NAME": DATA / "test.sqlite3"}
