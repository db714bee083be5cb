"""`{% module "js/run.js" %}`: a script whose modules the browser fetches all at once."""

from functools import lru_cache

from django import template
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from config.modules import imported

register = template.Library()


@register.simple_tag
def module(name: str) -> SafeString:
    """The script, and a hint for each module that it imports.

    Without the hints a browser discovers a module only after reading the one that imports it.
    """
    return _script(name, static(name))


# The files keep their imports while the server runs; the address also tells the site's prefix and,
# in production, the content. A hint that was left out or is too many does no harm.
@lru_cache(maxsize=256)
def _script(name: str, address: str) -> SafeString:
    hints = format_html_join(
        "", '<link rel="modulepreload" href="{}">', ((static(one),) for one in imported(name))
    )
    return format_html('{}<script src="{}" type="module"></script>', hints, address)
