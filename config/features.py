"""Denies every page the features of a browser that no page of ours uses."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

# Only names that Chromium knows: it complains about others on every page.
REFUSED = (
    "accelerometer",
    "autoplay",
    "browsing-topics",
    "camera",
    "display-capture",
    "encrypted-media",
    "fullscreen",
    "geolocation",
    "gyroscope",
    "hid",
    "idle-detection",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "picture-in-picture",
    "screen-wake-lock",
    "serial",
    "usb",
    "xr-spatial-tracking",
)
# For passkeys and the copy buttons.
OWN = ("clipboard-write", "publickey-credentials-create", "publickey-credentials-get")
POLICY = ", ".join([*(f"{name}=()" for name in REFUSED), *(f"{name}=(self)" for name in OWN)])


class RefuseFeatures:
    """Sends Permissions-Policy with every answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", POLICY)
        return response
