"""What stands behind `make run`: one foreground process that starts, watches and stops the rest.

Nothing in here imports Django. The platform's own processes are commands to this package, so it
can say in one plain line what is wrong when one of them cannot start.
"""
