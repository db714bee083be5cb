"""When a missed question comes back, by how it was answered so far. Pure.

The rule is FSRS, the free spaced repetition scheduler, as the package `fsrs` has it
(https://github.com/open-spaced-repetition/py-fsrs): a question returns when the chance that it is
still known has fallen to nine in ten. Its intervals here are whole days. Steps of minutes are left
out: so soon after an explanation, an answer tells what was read and not what is known.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import dropwhile
from math import ceil

from fsrs import Card, Rating, Scheduler

LONGEST_DAYS = 365
SCHEDULER = Scheduler(
    learning_steps=(), relearning_steps=(), maximum_interval=LONGEST_DAYS, enable_fuzzing=False
)

# When a question was answered, and the rating of that, from 1 (again) to 4 (easy).
Given = tuple[datetime, int]

# What a learner may say of a right answer.
RIGHT = {"hard": Rating.Hard, "good": Rating.Good, "easy": Rating.Easy}

DAYS_OF_A_MONTH, MOST_DAYS = 30, 60
# From this many hours on, one speaks of tomorrow.
TOMORROW = 20


def due_after(given: Iterable[Given]) -> datetime | None:
    """When the question is due after these answers, in their order; None if none was missed.

    Right answers before the first that was missed do not count: there was nothing to bring back.
    """
    missed_first = list(dropwhile(lambda one: one[1] != Rating.Again, given))
    card = Card(card_id=0)
    for at, rating in missed_first:
        # Time does not run backwards, not even where two web servers' clocks differ.
        moment = max(at.astimezone(UTC), card.last_review or at.astimezone(UTC))
        card, _ = SCHEDULER.review_card(card, Rating(rating), moment)
    return card.due if missed_first else None


def due_by_rating(given: Sequence[Given]) -> Mapping[str, datetime]:
    """When the question would be due if its last answer, a right one, had been hard, good, easy."""
    *before, (at, _) = given
    dues = {name: due_after([*before, (at, rating)]) for name, rating in RIGHT.items()}
    return {name: due for name, due in dues.items() if due is not None}


def in_words(wait: timedelta) -> str:
    """How long that is, in plain words: “in 3 hours”, “tomorrow”, “in 12 days”."""
    hours = ceil(wait / timedelta(hours=1))
    days = round(wait / timedelta(days=1))
    if hours <= 1:
        return "in less than an hour"
    if hours < TOMORROW:
        return f"in {hours} hours"
    if days <= 1:
        return "tomorrow"
    return f"in {days} days" if days <= MOST_DAYS else f"in {round(days / DAYS_OF_A_MONTH)} months"
