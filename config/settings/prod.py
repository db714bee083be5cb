"""Settings for production: refuses to start on a guess."""

from config.env import env, require

from .base import *  # noqa: F403  (settings modules build on one another by name)
from .base import SESSION_COOKIE_PATH, STORAGES

_required = require(
    "WEIGHTWISE_SECRET_KEY",
    "WEIGHTWISE_ALLOWED_HOSTS",
    "WEIGHTWISE_EMAIL_URL",
    "DATABASE_URL",
    "REDIS_URL",
)

DEBUG = False
SECRET_KEY = _required["WEIGHTWISE_SECRET_KEY"]
ALLOWED_HOSTS = env.list("WEIGHTWISE_ALLOWED_HOSTS")
CSRF_TRUSTED_ORIGINS = env.list("WEIGHTWISE_CSRF_TRUSTED_ORIGINS", default=[])
vars().update(env.email("WEIGHTWISE_EMAIL_URL"))
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https"

STAFF_NEED_SECOND_STEP = env.bool("WEIGHTWISE_STAFF_NEED_SECOND_STEP", default=True)

SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = env.bool("WEIGHTWISE_SSL_REDIRECT", default=True)
# The container's own health check speaks plain HTTP.
SECURE_REDIRECT_EXEMPT = [r"^(.+/)?(healthz|readyz|metrics)$"]
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365
# Only by choice: they speak for sites that may not be ours, under the same name, and browsers
# remember them for a year. The checks that ask for them would have everyone choose so.
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("WEIGHTWISE_HSTS_SUBDOMAINS", default=False)
SECURE_HSTS_PRELOAD = env.bool("WEIGHTWISE_HSTS_PRELOAD", default=False)
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
SESSION_COOKIE_SECURE = env.bool("WEIGHTWISE_SECURE_COOKIES", default=True)
CSRF_COOKIE_SECURE = SESSION_COOKIE_SECURE
if SESSION_COOKIE_SECURE and SESSION_COOKIE_PATH == "/":
    # Browsers accept a cookie with this prefix only over TLS, for exactly this host and the path /:
    # neither a neighbouring subdomain nor somebody on the network can plant one.
    SESSION_COOKIE_NAME = "__Host-sessionid"
    CSRF_COOKIE_NAME = "__Host-csrftoken"

STORAGES = STORAGES | {"staticfiles": {"BACKEND": "config.storages.HashedFiles"}}
