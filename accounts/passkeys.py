"""Signing in with a passkey alone: it has no name to count by, so its network address counts."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.mfa.webauthn.views import LoginWebAuthnView
from django.http import HttpRequest, HttpResponse

from accounts.refusals import check_passkey


class SignInWithPasskey(LoginWebAuthnView):  # type: ignore[misc]  # allauth has no types
    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """A script asks for what the passkey is to sign, which is kept in a session."""
        if get_adapter().is_ajax(request):
            check_passkey(request)
        answer: HttpResponse = super().get(request, *args, **kwargs)
        return answer

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        check_passkey(request)
        answer: HttpResponse = super().post(request, *args, **kwargs)
        return answer
