"""Files that a page gives away."""

from django.utils.http import content_disposition_header


def attachment(filename: str) -> str:
    """What `Content-Disposition` says of a file of this name, whatever letters the name has."""
    return content_disposition_header(as_attachment=True, filename=filename) or "attachment"
