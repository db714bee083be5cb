"""Questions about accounts."""

from typing import NamedTuple
from uuid import UUID

from allauth.account.models import EmailAddress
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Lower

from accounts.models import Learner, User, same_name

# Of the accounts with an address: the oldest, and those used last.
MOST_FOUND = 5


def learners_named(word: str, *, most: int = 500) -> list[UUID]:
    """The keys of the members whose username or name has this word in it."""
    named = Q(user__username__icontains=word) | Q(user__name__icontains=word)
    return list(Learner.objects.filter(named).values_list("pk", flat=True)[:most])


class Found(NamedTuple):
    """Accounts with an address; there are `further` ones."""

    accounts: list[User]
    further: int


def accounts_at(email: str) -> Found:
    """Those whose password may be replaced through this address, which is in lower case.

    The one that has confirmed it, or else those that state it: of many the oldest, so that newer
    ones do not push them out, and those that were signed in to last.
    """
    known = EmailAddress.objects.filter(email=email)  # allauth keeps them in lower case
    owner = known.filter(verified=True).select_related("user").first()
    if owner is not None:
        return Found([owner.user] if owner.user.is_active else [], 0)
    # As a union each part is looked up in its index; after an OR neither is.
    having = _keeping(email).values("pk").union(known.values("user"))
    stated = User.objects.filter(pk__in=having, is_active=True).order_by("pk")
    last = stated.order_by(F("last_login").desc(nulls_last=True), "-pk")
    found = sorted({*stated[:MOST_FOUND], *last[:MOST_FOUND]}, key=lambda user: user.pk)
    return Found(found, stated.count() - len(found))


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
    for found in (confirmed, _keeping(name.lower())):
        names = found.order_by("pk").values_list("username", flat=True)
        if (username := names.first()) is not None:
            return username
    return ""


def _keeping(email: str) -> QuerySet[User]:
    """The accounts with this address, in lower case; `createsuperuser` keeps it as it was typed."""
    return User.objects.annotate(lowered=Lower("email")).filter(lowered=email)
