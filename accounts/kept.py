"""What is kept of an account itself, for its owner: everything but secrets and keys."""

from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator

from accounts.models import User
from accounts.sessions import AGENT, BEGAN, letting_in


def kept_of(user: User) -> dict[str, Any]:
    """As JSON values."""
    return {
        "username": user.get_username(),
        "name": user.name,
        "email": user.email,
        "joined": user.date_joined,
        "last_signed_in": user.last_login,
        "roles": list(user.groups.order_by("name").values_list("name", flat=True)),
        "email_addresses": [
            {"address": known.email, "confirmed": known.verified, "primary": known.primary}
            for known in EmailAddress.objects.filter(user=user).order_by("pk")
        ],
        "sign_ins": [_sign_in(held, row.expire_date) for row, held in letting_in(user)],
        "second_steps": [
            {"name": str(step), "added": step.created_at, "last_used": step.last_used_at}
            for step in Authenticator.objects.filter(user=user).order_by("pk")
        ],
    }


def _sign_in(held: dict[str, Any], ends: datetime) -> dict[str, Any]:
    """Where somebody is signed in, without the session's key: with that anybody could be."""
    began = held.get(BEGAN)
    return {
        "browser": held.get(AGENT),
        "began": datetime.fromisoformat(began) if began else None,
        "ends": ends,
        "stays_signed_in": held.get("_session_expiry") != 0,
    }
