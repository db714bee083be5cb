"""Two forms at the same moment: what the first has done, the second's checks could not see yet.

The forms of allauth and of the admin check, then write. Where the database, or a conditional
update, refuses the second write, the second form is taken once more from the start: now its checks
see what the first has done, and say so in the form's own words.
"""

from collections.abc import Callable

import structlog
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse

from accounts.models import User

log = structlog.get_logger("weightwise.accounts")

# Below the site's prefix: the pages whose forms are not ours.
CHECKED_FIRST = ("/accounts/", "/admin/")
AGAIN = "is_taken_again"


class Overtaken(Exception):
    """Another request has changed what this one relied on; nothing was done."""


class TakeAgain:
    """Runs such a view a second time. Views there write in one transaction, or in their last step,
    so that a refused write has left nothing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, (IntegrityError, ValidationError, Overtaken)):
            return None
        found = request.resolver_match
        is_theirs = request.method == "POST" and request.path_info.startswith(CHECKED_FIRST)
        if found is None or not is_theirs or hasattr(request, AGAIN):
            return None
        setattr(request, AGAIN, True)
        log.info("form_taken_again", path=request.path, error=type(error).__name__)
        response: HttpResponse = found.func(request, *found.args, **found.kwargs)
        return response


def replace_password(user: User, password: str) -> None:
    """Gives the account another password, unless it has got one since `user` was read.

    What was checked, an older password or the key of a link, was checked against that. Raises
    Overtaken.
    """
    known = user.password
    user.set_password(password)  # hashed before the row is locked
    replaced = User.objects.filter(pk=user.pk, password=known).update(password=user.password)
    if not replaced:
        user.refresh_from_db(fields=["password"])
        raise Overtaken
