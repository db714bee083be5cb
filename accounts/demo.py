"""Accounts to try the platform with: made once, their passwords shown once."""

import secrets
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError

from accounts.models import User
from accounts.roles import sync_teacher_role


@dataclass(frozen=True)
class Made:
    """The passwords of new accounts by name, and why others could not be made."""

    passwords: dict[str, str] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)


def create_demo_accounts() -> Made:
    """Makes the missing ones of `teacher` and `student`."""
    made = Made()
    for name in ("teacher", "student"):
        if User.objects.filter(username=name).exists():
            continue
        password = secrets.token_urlsafe(9)
        try:
            _create(name, password)
        except ValidationError as error:  # somebody has a name that looks like it
            made.refused[name] = " ".join(error.messages)
        else:
            made.passwords[name] = password
    return made


def _create(name: str, password: str) -> None:
    is_teacher = name == "teacher"
    email = f"{name}@example.org"
    user = User.objects.create_user(name, email, password, is_staff=is_teacher)
    if is_teacher:
        user.groups.add(sync_teacher_role())
