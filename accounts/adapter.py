"""What allauth asks the project about a request."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from throttling.addresses import client_address


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """allauth's own, with the one notion of where a request comes from."""

    def get_client_ip(self, request: HttpRequest) -> str:
        """Never refuses: who has no address is counted with all others that have none."""
        return client_address(request)
