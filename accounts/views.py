"""Claiming a guest's work."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.learners import claim_guest


# Without `next`: it would come back here with a GET. Signing in leads to the page with the form.
@require_POST
@login_required(redirect_field_name=None)
def claim(request: HttpRequest) -> HttpResponse:
    told = claim_guest(request)
    if told is None:
        messages.info(request, "There was no guest's work left to take over.")
        return redirect("me")
    messages.success(request, "What you did as a guest is now in your account.")
    for sentence in told:
        messages.info(request, sentence)
    return redirect("me")
