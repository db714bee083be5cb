"""The two ways in which a start or a run of the platform ends early."""


class LaunchError(Exception):
    """The platform cannot go on; the text is the one line that the reader sees."""


class StopRequested(Exception):
    """Somebody asked for the platform to stop: Ctrl-C, SIGTERM or a closed terminal."""
