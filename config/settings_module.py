"""Which settings a process runs with."""

import os
import sys

OURS = "config.settings."
DEFAULT = "config.settings.dev"


def choose_settings() -> None:
    """Development's, unless the environment names others of ours.

    People export the settings of the Django project that they work on; those are none of ours.
    """
    given = os.environ.get("DJANGO_SETTINGS_MODULE", "")
    if given.startswith(OURS):
        return
    if given:
        sys.stderr.write(
            f"DJANGO_SETTINGS_MODULE={given} is another project's; using {DEFAULT}. "
            f"Unset it, or name one of {OURS}*, as config.settings.prod.\n"
        )
    os.environ["DJANGO_SETTINGS_MODULE"] = DEFAULT
