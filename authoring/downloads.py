"""Files that a page offers for download."""

from django.utils.http import content_disposition_header


def attachment(filename: str) -> str:
    """The `Content-Disposition` for a file name in any script."""
    return content_disposition_header(as_attachment=True, filename=filename) or "attachment"
