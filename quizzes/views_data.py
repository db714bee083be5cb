"""A learner's own data: the download, and the way to have it forgotten."""

from http.client import CONFLICT, OK

from django.contrib import messages
from django.contrib.auth import logout
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import offers
from accounts.learners import claimable_guest, current_learner
from accounts.models import Learner, User
from accounts.sent_fields import takes
from accounts.waiting import can_confirm, confirm_each_time
from authoring.downloads import attachment
from quizzes.personal_data import exported, forget, forget_account
from quizzes.queries import attempts_of
from training_jobs.queries import runs_of

# The keys of the guests whose work goes with the account, as the page says.
GUESTS = "guests"


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
@takes(GUESTS)
def forget_me(request: HttpRequest) -> HttpResponse:
    """Says what will be removed; a POST removes it. An account's owner gives the password first.

    What was done as a guest and waits for the account goes, too: nobody could reach it.
    """
    learner, user = current_learner(request), request.user
    waiting = list(offers.waiting_for(request))
    refused = request.method == "POST" and not _were_shown(request, waiting)
    if request.method != "POST" or refused:
        keys = " ".join(str(guest.pk) for guest in waiting)
        context = {"learner": learner, "guests": waiting, "keys": keys, "refused": refused}
        context["is_asked"] = can_confirm(request)
        status = CONFLICT if refused else OK
        return render(request, "quizzes/forget_me.html", context, status=status)
    if isinstance(user, User) and user.is_staff:
        raise PermissionDenied(
            "An account that authors the course can be removed only by an administrator."
        )
    confirm_each_time(request)
    for guest in waiting:
        forget(guest)
    if learner is not None:
        forget(learner)
    elif isinstance(user, User):
        forget_account(user)
    logout(request)
    messages.success(request, "Everything we kept about you has been deleted.")
    return redirect("home")


def _were_shown(request: HttpRequest, waiting: list[Learner]) -> bool:
    """Whether the page has told of all these; an older one, which names none, told of one."""
    shown = request.POST.get(GUESTS)
    if shown is None:
        return len(waiting) <= 1
    return {str(guest.pk) for guest in waiting} <= set(shown.split())


@require_http_methods(["GET", "POST"])
@never_cache
@takes(offers.SHOWN)
def forget_guest(request: HttpRequest) -> HttpResponse:
    """What was done as a guest before signing in is not to be taken over: a POST removes it."""
    user, is_sent = request.user, request.method == "POST"
    if isinstance(user, User) and is_sent and offers.is_settled(request):
        messages.info(request, offers.SETTLED)
        return redirect("me")
    guest = claimable_guest(request)
    if guest is None or not isinstance(user, User):
        raise Http404
    refused = is_sent and offers.is_about_another(request)
    if not is_sent or refused:
        counts = {"attempts": attempts_of(guest).count(), "runs": runs_of(guest).count()}
        context = counts | {"guest": guest, "refused": refused}
        status = CONFLICT if refused else OK
        return render(request, "quizzes/forget_guest.html", context, status=status)
    forget(guest)
    offers.answered(request, user)
    messages.success(request, "The work done as a guest is removed. Your account is as it was.")
    return redirect("me")
