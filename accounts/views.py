"""Taking over a guest's work, the list of one's sign-ins, and one's name."""

from http.client import CONFLICT
from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts import offers
from accounts.learners import claim_guest
from accounts.models import User
from accounts.name_forms import NameForm
from accounts.refusals import check_claim
from accounts.sent_fields import takes
from accounts.sessions import sign_ins, sign_out_elsewhere


# Without `next`: it would come back here with a GET. Signing in leads to the page with the form.
@require_POST
@login_required(redirect_field_name=None)
@takes("next", offers.SHOWN)
def claim(request: HttpRequest) -> HttpResponse:
    """Takes the work over, and leads back to the page that offered it."""
    check_claim(cast("User", request.user))
    if offers.is_settled(request):
        messages.info(request, offers.SETTLED)
        return _back(request)
    if offers.is_about_another(request):
        return render(request, "accounts/another_guest.html", status=CONFLICT)
    told = claim_guest(request)
    if told is None:
        named = offers.SHOWN in request.POST
        said = offers.SETTLED if named else "There was no guest work left to move."
        messages.info(request, said)
        return _back(request)
    offers.answered(request, cast("User", request.user))
    messages.success(request, "What you did as a guest is now in your account.")
    for sentence in told:
        messages.info(request, sentence)
    return _back(request)


def _back(request: HttpRequest) -> HttpResponse:
    """To the address in `next` if it is one of this site, without a host."""
    back = request.POST.get("next", "")
    is_ours = back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    return redirect(back if is_ours else "me")


@require_http_methods(["GET", "POST"])
@never_cache
@login_required
@takes()
def signed_in(request: HttpRequest) -> HttpResponse:
    """Lists where one is signed in; a POST signs out everywhere else."""
    user = cast("User", request.user)
    if request.method == "POST":
        number = sum(not it.current for it in sign_ins(request, user))
        sign_out_elsewhere(request, user)
        messages.success(request, f"Signed out elsewhere: {number}. This browser stays signed in.")
        return redirect("signed_in")
    context = {"sign_ins": sign_ins(request, user)}
    return render(request, "accounts/signed_in.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@takes("name")
def change_name(request: HttpRequest) -> HttpResponse:
    user = cast("User", request.user)  # after login_required it is one
    posted = request.POST if request.method == "POST" else None
    form = NameForm(posted, initial={"name": user.name})
    if form.is_valid():
        user.rename(form.cleaned_data["name"])
        messages.success(request, "Your name is saved.")
        return redirect("change_name")
    context = {"form": form, "attrs": {"form": form}}
    return render(request, "accounts/name.html", context, status=422 if form.is_bound else 200)
