"""A port that is free is found, and by two processes at once hardly ever the same one."""

import random

from launcher.ports import free_port


def test_what_seeds_chance_does_not_choose_the_port() -> None:
    """Training seeds it: two test processes that have trained alike would take the same ports."""
    before, found = random.getstate(), []
    for _ in range(2):
        random.seed(7)
        found.append([free_port() for _ in range(3)])
    random.setstate(before)
    assert found[0] != found[1]
