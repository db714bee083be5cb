"""Forms as the pages that a test reads would send them."""

from django.test import Client

from tests.contracts.test_take_known_fields import Forms


def form(client: Client, address: str, action: str = "", number: int = 1) -> dict[str, str]:
    """The fields of a page's form as they are now, without a choice."""
    return form_of(client.get(address).content.decode(), action or address, number)


def form_of(page: str, action: str, number: int = 1) -> dict[str, str]:
    """The same of a page that was read before."""
    mine = [fields for to, fields in Forms(page, action).posted if to == action]
    asked = [fields for fields in mine if fields.get("question", str(number)) == str(number)]
    return {name: value for name, value in asked[0].items() if name != "choice"}
