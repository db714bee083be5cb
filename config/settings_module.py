"""Which settings a process runs with."""

import os
import sys

OURS = "config.settings."
DEFAULT = "config.settings.dev"


def choose_settings() -> None:
    """Chooses development's, unless the environment names others of ours.

    People export the settings module of another Django project that they work on: it is ignored.
    """
    given = os.environ.get("DJANGO_SETTINGS_MODULE", "")
    if given.startswith(OURS):
        return
    if given:
        sys.stderr.write(
            f"DJANGO_SETTINGS_MODULE={given} is another project's; using {DEFAULT}. "
            f"Unset it, or name one of {OURS}*, such as config.settings.prod.\n"
        )
    os.environ["DJANGO_SETTINGS_MODULE"] = DEFAULT
