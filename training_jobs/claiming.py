"""A guest's runs follow the guest into an account."""

from typing import Any

from django.dispatch import receiver

from accounts.learners import learner_claimed
from accounts.models import Learner
from training_jobs.lifecycle import hand_over


@receiver(learner_claimed)
def move_runs(guest: Learner, member: Learner, **_: Any) -> None:
    hand_over(guest, member)
