"""Who learns."""

import secrets
import uuid
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.base_session import AbstractBaseSession
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import QuerySet
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.module_loading import import_string

from accounts.names import LONGEST_NAME, check_name
from accounts.usernames import LONGEST_SKELETON, like_another, skeleton, unfit

# Small enough to be read aloud and typed again, large enough that classmates differ.
SEED_BOUND = 10_000


def new_seed() -> int:
    return secrets.randbelow(SEED_BOUND)


class User(AbstractUser):
    """A person with an account."""

    # One field instead: not every name has these parts, or in this order.
    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    name = models.CharField(max_length=LONGEST_NAME, blank=True, validators=[check_name])
    # Not unique: refusing a second account would reveal that the address has one. Once it is
    # confirmed it belongs to one account (allauth's `unique_verified_email`).
    email = models.EmailField("email address", blank=True, db_index=True)
    # No other username may look the same. Some older accounts have none, since another has it.
    skeleton = models.CharField(
        max_length=LONGEST_SKELETON,
        unique=True,
        null=True,
        blank=True,
        editable=False,
        default=None,
    )

    class Meta(AbstractUser.Meta):
        # An address is looked up in lower case, and kept as it was typed.
        indexes = (models.Index(Lower("email"), name="accounts_user_lower_email"),)

    def clean(self) -> None:
        super().clean()
        self._check_username()

    def save(self, **options: Any) -> None:
        if self._state.adding:
            self._check_username()  # also of accounts that no form makes
        super().save(**options)

    def _check_username(self) -> None:
        """Raises ValidationError for a new name that could be mistaken for another account's.

        An older account keeps the name that it has.
        """
        if not self.username:
            return  # a form has refused it already
        bones = skeleton(self.username)
        alike = User.objects.filter(skeleton=bones) | same_name(self.username)
        known = list(alike.values_list("pk", "username"))
        if (self.pk, self.username) in known:
            return
        self.skeleton = bones
        other = next((name for pk, name in known if pk != self.pk and name != self.username), None)
        said = like_another(self.username, other) if other else unfit(self.username, self.email)
        if said:
            raise ValidationError({"username": said})

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name or self.get_username()

    @property
    def named(self) -> str:
        """The name, with the username to tell namesakes apart."""
        return f"{self.name} ({self.get_username()})" if self.name else self.get_username()

    def rename(self, name: str) -> None:
        self.name = name
        self.save(update_fields=["name"])


def same_name(username: str) -> QuerySet[User]:
    """The accounts with this username, in any case: the name is typed in any case to sign in."""
    return User.objects.filter(username__iexact=username)


class Learner(models.Model):
    """The owner of attempts and runs: a guest of one browser session, or a signed-in person."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.OneToOneField(User, on_delete=models.CASCADE, null=True, blank=True)
    seed = models.PositiveIntegerField(default=new_seed)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)
    # When they last did something, to the day; and the address where they began, kept for days: an
    # account costs one form, so limits by address count new members as well as guests.
    seen_at = models.DateTimeField(default=timezone.now, db_index=True)
    address = models.CharField(max_length=50, blank=True)
    # Of a guest: who has signed in there, and not said yet whether the work is theirs.
    offered_to = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )

    def __str__(self) -> str:
        return self.user.named if self.user else f"guest {str(self.id)[:8]}"

    @property
    def is_staff(self) -> bool:
        """Whether this is an author, whose attempts are try-outs."""
        return self.user is not None and self.user.is_staff

    @property
    def is_guest(self) -> bool:
        return self.user_id is None


class Session(AbstractBaseSession):
    """Django's session with its owner, so that sessions can be listed, and go with the account."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="sessions")

    @classmethod
    def get_session_store_class(cls) -> type[SessionBase]:
        store: type[SessionBase] = import_string(f"{settings.SESSION_ENGINE}.SessionStore")
        return store
