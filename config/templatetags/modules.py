"""`{% module "js/run.js" %}`: a script whose modules the browser fetches all at once."""

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
    hints = format_html_join(
        "", '<link rel="modulepreload" href="{}">', ((static(one),) for one in imported(name))
    )
    return format_html('{}<script src="{}" type="module"></script>', hints, static(name))
