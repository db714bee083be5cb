"""Checks a password with one hash for each try, whether or not there is such an account."""

from typing import Any

from django.contrib.auth.backends import AllowAllUsersModelBackend, ModelBackend
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from accounts.models import User


class OnePassword(ModelBackend):
    """The first of the backends, and the only one that looks at a wrong password.

    Each of the others would hash it again, allauth's once for every account with the address that
    was typed. Only somebody with the right password of a deactivated account goes on to them:
    allauth's tells them so.
    """

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> User | None:
        """Raises PermissionDenied for a wrong password, so that no other backend is asked."""
        user = AllowAllUsersModelBackend().authenticate(request, username, password)
        if user is None:
            raise PermissionDenied
        return user if self.user_can_authenticate(user) else None
