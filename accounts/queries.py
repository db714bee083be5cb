"""Questions about accounts."""

from uuid import UUID

from django.db.models import Q
from django.db.models.functions import Lower

from accounts.models import Learner, User, same_name


def learners_named(word: str, *, most: int = 500) -> list[UUID]:
    """The keys of the members whose username or name has this word in it."""
    named = Q(user__username__icontains=word) | Q(user__name__icontains=word)
    return list(Learner.objects.filter(named).values_list("pk", flat=True)[:most])


def username_of(typed: str) -> str:
    """The username for what was typed, a username or else an email address; "" if unknown.

    Of several accounts with an address that none has confirmed, the oldest is meant; so it is where
    older accounts' names differ by case only, unless one is typed exactly.
    """
    name = typed.strip()
    spelled = list(same_name(name).order_by("pk").values_list("username", flat=True))
    if spelled:
        return name if name in spelled else spelled[0]
    confirmed = User.objects.filter(emailaddress__email=name.lower(), emailaddress__verified=True)
    stated = User.objects.annotate(lowered=Lower("email")).filter(lowered=name.lower())
    for found in (confirmed, stated):
        names = found.order_by("pk").values_list("username", flat=True)
        if (username := names.first()) is not None:
            return username
    return ""
