"""`python -m launcher`: the platform in the foreground, until Ctrl-C."""

import argparse
import os
import sys
from pathlib import Path

from launcher.console import Console
from launcher.errors import LaunchError
from launcher.parent import stop_with_parent
from launcher.platform import weightwise
from launcher.settings import read_settings
from launcher.supervisor import Supervisor

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Read the environment, run the platform, answer with the exit code."""
    parser = argparse.ArgumentParser(prog="python -m launcher", description=__doc__)
    parser.add_argument(
        "--with-parent",
        action="store_true",
        help="stop when the process that started the launcher goes away (Linux)",
    )
    if parser.parse_args().with_parent:
        stop_with_parent()
    console = Console(sys.stdout)
    try:
        settings = read_settings(os.environ, ROOT)
    except LaunchError as error:
        console.say(str(error))
        return 1
    return Supervisor(settings, weightwise(settings), console).run()


if __name__ == "__main__":
    sys.exit(main())
