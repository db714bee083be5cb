"""Accounts to try the platform with: made once, their passwords shown once."""

import secrets

from accounts.models import User
from accounts.roles import sync_teacher_role


def create_demo_accounts() -> dict[str, str]:
    """Makes the missing ones of `teacher` and `student`; returns their new passwords by name."""
    passwords = {}
    for name in ("teacher", "student"):
        if not User.objects.filter(username=name).exists():
            passwords[name] = secrets.token_urlsafe(9)
            user = User.objects.create_user(
                name, f"{name}@example.org", passwords[name], is_staff=name == "teacher"
            )
            if user.is_staff:
                user.groups.add(sync_teacher_role())
    return passwords
