"""Settings of the test suite: development's, with quick passwords and mail kept in memory."""

import atexit
import os
import shutil
import tempfile

from config.env import env
from config.logs import logging_config

# A folder of this test run's own: neither the one that `make run` uses, whose database is a
# person's, nor another test run's. Processes that the tests start inherit it.
if "WEIGHTWISE_DATA" not in os.environ:
    os.environ["WEIGHTWISE_DATA"] = tempfile.mkdtemp(prefix="ww-tests-")
    atexit.register(shutil.rmtree, os.environ["WEIGHTWISE_DATA"], ignore_errors=True)

from .dev import *  # noqa: F403  (settings modules build on one another by name)
from .dev import CACHES, DATA, DATABASES

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

# A port where nothing listens: tests that need a broker start a real one.
REDIS_URL = CELERY_BROKER_URL = env.str("REDIS_URL", default="redis://127.0.0.1:1/0")
CACHES["default"]["LOCATION"] = REDIS_URL

# A file, not memory: threads then meet the locks that they would meet in earnest.
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["TEST"] = {"NAME": DATA / "test.sqlite3"}

# pytest shows the records of a failing test. A handler of our own would keep the first test's
# standard error, and threads that outlive it would write to a closed stream.
logging_config(as_json=False, to="logging.NullHandler")
