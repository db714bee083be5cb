"""Signing in with a passkey alone: it has no name to count by, so its network address counts."""

from typing import Any

from allauth.mfa.webauthn.views import LoginWebAuthnView
from django.http import HttpRequest, HttpResponse

from accounts.refusals import check_passkey


class SignInWithPasskey(LoginWebAuthnView):  # type: ignore[misc]  # allauth has no types
    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        check_passkey(request)
        answer: HttpResponse = super().post(request, *args, **kwargs)
        return answer
