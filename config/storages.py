"""Addresses of static files: below the prefix of the site, and named after their content."""

from typing import Any

from django.contrib.staticfiles.storage import StaticFilesStorage
from django.urls import get_script_prefix
from whitenoise.storage import CompressedManifestStaticFilesStorage


class _UnderPrefix:
    """Addresses with the prefix that this request came with; STATIC_URL itself has none."""

    def url(self, name: str | None, *options: Any) -> str:
        address: str = super().url(name, *options)  # type: ignore[misc]  # of the storage beside it
        return get_script_prefix().rstrip("/") + address


class PlainFiles(_UnderPrefix, StaticFilesStorage):
    """The files as they are: `make run`, and tests."""


class HashedFiles(_UnderPrefix, CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # untyped
    """Each name depends on the file's content and on everything it imports; cached for ever.

    A script gets a new name when any of its modules changes, even if its own text does not.
    Otherwise a browser would go on using the old modules with the new pages.
    """

    # Django's own patterns for modules, which `support_js_module_import_aggregation` turns on,
    # mistake types in other packages' comments for imports. Here an import begins its line or is a
    # call, its address is relative, and no brace of a type stands before it.
    patterns = (
        *CompressedManifestStaticFilesStorage.patterns,
        (
            "*.js",
            (
                (
                    r"""(?m)^(?P<matched>(?P<head>(?:im|ex)port\b[^"';]*)["'](?P<url>\.[^"']+)["'])""",
                    """%(head)s"%(url)s\"""",
                ),
                (
                    r"""(?P<matched>(?<![{\w.])import\(\s*["'](?P<url>\.[^"']+)["']\s*\))""",
                    """import("%(url)s")""",
                ),
            ),
        ),
    )
