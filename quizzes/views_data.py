"""A learner's own data: the download, and the way to have it forgotten."""

from typing import cast

from django.contrib import messages
from django.contrib.auth import logout
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import offers
from accounts.learners import claimable_guest, current_learner
from accounts.models import User
from accounts.sent_fields import takes
from accounts.waiting import can_confirm, confirm_each_time
from authoring.downloads import attachment
from quizzes.personal_data import exported, forget, forget_account
from quizzes.queries import attempts_of
from training_jobs.queries import runs_of


@require_safe
@never_cache
def my_data(request: HttpRequest) -> HttpResponse:
    """Everything that is kept of this learner, as a file."""
    user = request.user if isinstance(request.user, User) else None
    return JsonResponse(
        exported(current_learner(request), user),
        json_dumps_params={"indent": 2},
        headers={"Content-Disposition": attachment("weightwise-my-data.json")},
    )


@require_http_methods(["GET", "POST"])
@never_cache
@takes()
def forget_me(request: HttpRequest) -> HttpResponse:
    """Says what will be removed; a POST removes it. An account's owner gives the password first.

    What was done in this browser as a guest goes, too: nobody could reach it.
    """
    learner, guest = current_learner(request), claimable_guest(request)
    if request.method != "POST":
        context = {"learner": learner, "guest": guest, "is_asked": can_confirm(request)}
        return render(request, "quizzes/forget_me.html", context)
    user = request.user
    if isinstance(user, User) and user.is_staff:
        raise PermissionDenied(
            "An account that authors the course can be removed only by an administrator."
        )
    confirm_each_time(request)
    if guest is not None:
        forget(guest)
    if isinstance(user, User):
        for waiting in offers.offered_to(user):
            forget(waiting)
    if learner is not None:
        forget(learner)
    elif isinstance(user, User):
        forget_account(user)
    logout(request)
    messages.success(request, "Everything we kept about you has been deleted.")
    return redirect("home")


@require_http_methods(["GET", "POST"])
@never_cache
@takes()
def forget_guest(request: HttpRequest) -> HttpResponse:
    """What was done as a guest before signing in is not to be taken over: a POST removes it."""
    guest = claimable_guest(request)
    if guest is None:
        raise Http404
    if request.method != "POST":
        context = {"attempts": attempts_of(guest).count(), "runs": runs_of(guest).count()}
        return render(request, "quizzes/forget_guest.html", context)
    forget(guest)
    offers.answered(request, cast("User", request.user))
    messages.success(request, "The work done as a guest is removed. Your account is as it was.")
    return redirect("me")
