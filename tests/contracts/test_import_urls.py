"""The web process knows every address of the platform and never loads what only training needs."""

import subprocess
import sys

from tests.servers import ROOT

PROGRAM = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.test"
import django
django.setup()
import config.urls, config.asgi, config.celery
config.celery.app.loader.import_default_modules()
print(*sorted({"tensorflow", "keras", "sklearn", "scipy", "numpy"} & set(sys.modules)))
"""


def test_importing_the_addresses_loads_nothing_that_trains() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == ""
