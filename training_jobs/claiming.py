"""A guest's runs follow the guest into an account."""

from typing import Any

from django.dispatch import receiver

from accounts.learners import learner_claimed
from accounts.models import Learner
from training_jobs.models import Run


@receiver(learner_claimed)
def move_runs(guest: Learner, member: Learner, **_: Any) -> None:
    Run.objects.filter(learner=guest).update(learner=member)
