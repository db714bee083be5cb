"""Signing out."""

from allauth.account.views import LogoutView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.learners import claimable_guest

# Sent by the page that tells what waits for an answer.
ALL_THE_SAME = "all-the-same"


class SignOut(LogoutView):  # type: ignore[misc]  # allauth has no types
    """Tells first what was done as a guest and is not answered for."""

    def post(self, request: HttpRequest, *args: object, **options: object) -> HttpResponse:
        if ALL_THE_SAME not in request.POST and claimable_guest(request) is not None:
            return redirect("account_logout")
        response: HttpResponse = super().post(request, *args, **options)
        return response
