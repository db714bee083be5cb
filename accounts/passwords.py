"""Passwords that somebody meant to type: with characters that can be seen."""

import unicodedata

from django.core.exceptions import ValidationError

from accounts.models import User
from accounts.names import is_unseen

FEWEST = 4
# Letters, digits, punctuation and symbols. Marks belong to a letter, and some cannot be seen.
SEEN = "LNPS"


class SeenCharacters:
    """One of Django's password validators. Nobody sees what they type, nor that it is invisible:
    pasted by mistake, such a password locks its owner out."""

    def validate(self, password: str, user: User | None = None) -> None:
        """Raises ValidationError."""
        seen = sum(map(_is_seen, password))
        if seen < min(FEWEST, len(password)):
            raise ValidationError(
                "Most of this password cannot be seen: it consists of blanks or invisible"
                f" characters, pasted perhaps. Use at least {FEWEST} letters, digits or signs.",
                code="password_not_seen",
            )

    def get_help_text(self) -> str:
        return f"Your password must contain at least {FEWEST} letters, digits or signs."


def _is_seen(char: str) -> bool:
    return not is_unseen(char) and unicodedata.category(char)[0] in SEEN
