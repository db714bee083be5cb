"""Static files by their addresses: below the prefix of the site, and named after their content."""

from typing import Any

from django.contrib.staticfiles.storage import StaticFilesStorage
from django.urls import get_script_prefix
from whitenoise.storage import CompressedManifestStaticFilesStorage


class _UnderPrefix:
    """Addresses with the prefix under which this request came; STATIC_URL itself has none."""

    def url(self, name: str | None, *options: Any) -> str:
        address: str = super().url(name, *options)  # type: ignore[misc]  # of the storage beside it
        return get_script_prefix().rstrip("/") + address


class PlainFiles(_UnderPrefix, StaticFilesStorage):
    """The files as they are: `make run`, and tests."""


class HashedFiles(_UnderPrefix, CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # untyped
    """Each file's name tells its content, and that of all that it imports: kept for ever.

    An entry whose own text is the same gets a new name with any of its modules. Else a browser
    would go on using the old modules under the new pages.
    """

    # Django's own patterns for modules, which `support_js_module_import_aggregation` turns on, take
    # what other packages' comments say of types for imports: here one begins its line or is a call,
    # its address is relative, and no brace of a type stands before it.
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
