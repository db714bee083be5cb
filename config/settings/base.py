"""Settings that every environment shares."""

from typing import Any

import django_stubs_ext
from csp.constants import NONE, SELF
from django.urls import reverse_lazy

from config.env import ROOT, data_folder, env, url_prefix
from config.logs import logging_config
from throttling.addresses import trusted_proxies

# Lets generic classes of Django be written with their type, as the stubs have them.
django_stubs_ext.monkeypatch()

DATA = data_folder()

INSTALLED_APPS = [
    "config",
    "authoring",
    "allauth.mfa",  # before accounts, which takes its pages out of the admin
    "accounts",
    "training_jobs",
    "lessons",
    "quizzes",
    "allauth",
    "allauth.account",
    "csp",
    "django_htmx",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "config.observation.ObserveRequests",
    "django.middleware.security.SecurityMiddleware",
    "config.features.RefuseFeatures",
    "config.charsets.RefuseCharsets",
    "config.limits.RefuseBodies",
    "django_http_compression.middleware.HttpCompressionMiddleware",
    "config.static_files.StaticFiles",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.static_files.UnknownFiles",
    "csp.middleware.CSPMiddleware",
    "config.busy.RefuseWhileItHangs",
    "config.busy.CountTheWait",
    "accounts.hashing.LetGo",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "accounts.refusals.TellRefusals",
    "accounts.resending.KeepWhatWasSent",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.waiting.SignInFirst",
    "django_htmx.middleware.HtmxMiddleware",
    "config.wrong_method.AnswerWrongMethod",
    "config.turned_away.AnswerTurnedAway",
    "accounts.overtaken.TakeAgain",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

# DATABASE_URL, for SQLite and PostgreSQL; SQLite gets options that keep writers from failing. The
# default is a path and not a URL, in which `#`, `?` and `%` of a folder's name would have meanings.
_own_file: dict[str, Any] = {
    "ENGINE": "django.db.backends.sqlite3",
    "NAME": str(DATA / "weightwise.sqlite3"),
}
DATABASES: dict[str, dict[str, Any]] = {
    "default": env.db("DATABASE_URL") if env.str("DATABASE_URL", default="") else _own_file,
}
DATABASES["default"]["CONN_MAX_AGE"] = 60
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
# How long a page waits for SQLite's lock, or for one statement of PostgreSQL's.
DATABASE_PATIENCE_SECONDS = env.float("WEIGHTWISE_DATABASE_PATIENCE_SECONDS", default=20)
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": DATABASE_PATIENCE_SECONDS,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
else:
    # Connections to a host that is gone are given up by the operating system. What DATABASE_URL
    # says after its question mark takes precedence.
    DATABASES["default"]["OPTIONS"] = {
        "connect_timeout": 2,
        "tcp_user_timeout": 20_000,
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 3,
    } | DATABASES["default"].get("OPTIONS", {})
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
# A session names the backend that let its owner in, and ends when that is no longer here: Django's
# stands for sign-ins of earlier versions, allauth's for signing up and for passkeys.
AUTHENTICATION_BACKENDS = [
    "accounts.backends.OnePassword",
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = ["accounts.hashing.PatientHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": name}
    for name in (
        "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "django.contrib.auth.password_validation.MinimumLengthValidator",
        "django.contrib.auth.password_validation.CommonPasswordValidator",
        "django.contrib.auth.password_validation.NumericPasswordValidator",
        "accounts.passwords.SeenCharacters",
    )
]
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*", "password2*"]
ACCOUNT_SIGNUP_FORM_CLASS = "accounts.name_forms.SignUpNameForm"
ACCOUNT_EMAIL_VERIFICATION = "optional"
# No form reveals whether an email address has an account.
ACCOUNT_PREVENT_ENUMERATION = "strict"
ACCOUNT_SESSION_REMEMBER = None  # asked at sign-in
ACCOUNT_FORMS = {
    "login": "accounts.forms.SignInForm",
    "signup": "accounts.forms.SignUpForm",
    "reauthenticate": "accounts.forms.ConfirmPasswordForm",
    "change_password": "accounts.forms.NewPasswordForm",
    "set_password": "accounts.forms.FirstPasswordForm",
    "reset_password": "accounts.forgotten.ForgottenForm",
    "reset_password_from_key": "accounts.forms.ForgottenPasswordForm",
}
ACCOUNT_RATE_LIMITS = {
    # Accounts and forms to sign up are counted in accounts.door.
    "signup": None,
    # In accounts.refusals: mails, wrong passwords, passkeys, and wrong codes of the second step.
    "reset_password": None,
    "confirm_email": None,
    "login": None,
    "login_failed": None,
    # Nobody guesses the key that was mailed, and a class may choose new passwords at once.
    "reset_password_from_key": None,
}
MFA_RATE_LIMITS = {"webauthn_login": None}
# Two-step sign-in, for everyone who wants it.
MFA_ADAPTER = "accounts.adapter.SecondStepAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Weightwise"
# A code is valid for a period before and after its own: clocks differ, and typing takes time.
MFA_TOTP_TOLERANCE = 1
MFA_FORMS = {
    "authenticate": "accounts.second_step_forms.SignInWithCodeForm",
    "reauthenticate": "accounts.second_step_forms.ConfirmWithCodeForm",
    "authenticate_webauthn": "accounts.second_step_forms.SignInWithKeyForm",
    "login_webauthn": "accounts.second_step_forms.SignInWithKeyAloneForm",
    "reauthenticate_webauthn": "accounts.second_step_forms.ConfirmWithKeyForm",
    "activate_totp": "accounts.second_step_forms.SetUpAppForm",
    "add_webauthn": "accounts.second_step_forms.AddKeyForm",
}
# Whether staff need a second step for the authoring pages. On in production; the demo accounts of
# `make run` are for trying things out.
STAFF_NEED_SECOND_STEP = False
LOGIN_REDIRECT_URL = reverse_lazy("me")
LOGIN_URL = reverse_lazy("account_login")
# A mail is sent while its request waits: a silent mail server must not keep the thread.
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("WEIGHTWISE_FROM_EMAIL", default="weightwise@localhost")

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True

# Where the site is served below a path, as in https://example.org/ml/: "/ml". All addresses begin
# with it, also in mails, and cookies are not sent to other paths of the host.
URL_PREFIX = url_prefix(env.str("WEIGHTWISE_URL_PREFIX", default=""))
if URL_PREFIX:
    FORCE_SCRIPT_NAME = URL_PREFIX
SESSION_COOKIE_PATH = CSRF_COOKIE_PATH = f"{URL_PREFIX}/"

# Absolute, so that Django adds no prefix once and for all: the storages add it for each request.
STATIC_URL = "/static/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "config.storages.PlainFiles"},
}
STATIC_ROOT = ROOT / "staticfiles"
STATICFILES_DIRS = [ROOT / "static"]

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_ENGINE = "accounts.sessions"
CSRF_FAILURE_VIEW = "accounts.resending.refuse_old_form"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 90
# A sign-in that is not kept ends with the browser, or after this long without opening a page.
SESSION_IDLE_SECONDS = env.int("WEIGHTWISE_IDLE_SIGN_OUT_SECONDS", default=4 * 60 * 60)
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

LOGGING_CONFIG = None  # structlog configures the standard library's logging itself
logging_config(as_json=env.str("WEIGHTWISE_LOG_FORMAT", default="text") == "json")

REDIS_URL = env.str("REDIS_URL", default="redis://127.0.0.1:6379/0")
# Limits are counted here, for all web processes together.
CACHES = {"default": {"BACKEND": "throttling.cache.SharedCache", "LOCATION": REDIS_URL}}
# The proxies whose X-Forwarded-For is believed; by default none.
TRUSTED_PROXIES = trusted_proxies(env.list("WEIGHTWISE_TRUSTED_PROXIES", default=[]))

# Training
WEIGHTWISE_DATASETS = env.path("WEIGHTWISE_DATASETS", default=str(DATA / "datasets"))
WEIGHTWISE_CONTENT = ROOT / "content"
# The last checkpoint of each run, and its trained network for download.
WEIGHTWISE_CHECKPOINTS = DATA / "checkpoints"
RUN_LEASE_SECONDS = env.int("WEIGHTWISE_RUN_LEASE_SECONDS", default=30)
RUN_LIMIT_SECONDS = env.int("WEIGHTWISE_RUN_LIMIT_SECONDS", default=300)
# Refused before it is queued: a run that would take longer than the limit, or more memory.
RUN_MEMORY_MEGABYTES = env.int("WEIGHTWISE_RUN_MEMORY_MEGABYTES", default=1000)
RUN_TRIES = 3
# A trainer that has grown by this much since it was warm is replaced after its run.
TRAINER_GROWTH_MEGABYTES = env.int("WEIGHTWISE_TRAINER_GROWTH_MEGABYTES", default=50)
# A trainer is ended, and another one tries, when one step of its loading takes longer.
TRAINER_WARM_SECONDS = env.float("WEIGHTWISE_TRAINER_WARM_SECONDS", default=180)
# How many runs a learner may have queued or in training, and start within an hour.
GUEST_ACTIVE_RUNS = env.int("WEIGHTWISE_GUEST_ACTIVE_RUNS", default=2)
GUEST_RUNS_AN_HOUR = env.int("WEIGHTWISE_GUEST_RUNS_AN_HOUR", default=20)
MEMBER_ACTIVE_RUNS = env.int("WEIGHTWISE_MEMBER_ACTIVE_RUNS", default=2)
MEMBER_RUNS_AN_HOUR = env.int("WEIGHTWISE_MEMBER_RUNS_AN_HOUR", default=60)
# How many runs may wait: guests' and members' have places of their own.
QUEUE_GUEST_RUNS = env.int("WEIGHTWISE_QUEUE_GUEST_RUNS", default=300)
QUEUE_MEMBER_RUNS = env.int("WEIGHTWISE_QUEUE_MEMBER_RUNS", default=500)
# What guests at one address may do within an hour: a class often shares one.
ADDRESS_GUESTS_AN_HOUR = env.int("WEIGHTWISE_ADDRESS_GUESTS_AN_HOUR", default=120)
ADDRESS_RUNS_AN_HOUR = env.int("WEIGHTWISE_ADDRESS_RUNS_AN_HOUR", default=400)
ADDRESS_ATTEMPTS_AN_HOUR = env.int("WEIGHTWISE_ADDRESS_ATTEMPTS_AN_HOUR", default=2000)
# How many tests, practice sets and inline quizzes a learner may begin within an hour.
GUEST_ATTEMPTS_AN_HOUR = env.int("WEIGHTWISE_GUEST_ATTEMPTS_AN_HOUR", default=60)
MEMBER_ATTEMPTS_AN_HOUR = env.int("WEIGHTWISE_MEMBER_ATTEMPTS_AN_HOUR", default=200)
# After these days the sweep removes the histories of guests' runs, and learners' files.
GUEST_HISTORY_DAYS = env.int("WEIGHTWISE_GUEST_HISTORY_DAYS", default=90)
# Guests who have been idle for this long are removed with everything of theirs; those without any
# work sooner.
GUEST_IDLE_DAYS = env.int("WEIGHTWISE_GUEST_IDLE_DAYS", default=180)
GUEST_EMPTY_DAYS = env.int("WEIGHTWISE_GUEST_EMPTY_DAYS", default=1)
GUEST_ADDRESS_DAYS = env.int("WEIGHTWISE_GUEST_ADDRESS_DAYS", default=7)
CHECKPOINT_DAYS = env.int("WEIGHTWISE_CHECKPOINT_DAYS", default=30)
SWEEP_SECONDS = env.float("WEIGHTWISE_SWEEP_SECONDS", default=2.0)
# Who has not been heard of for this long is not there: a worker, the sweep.
WORKER_FRESH_SECONDS = env.int("WEIGHTWISE_WORKER_FRESH_SECONDS", default=15)

# Live streams, counted in each web process; a page without a place shows snapshots instead.
STREAMS_PER_PROCESS = env.int("WEIGHTWISE_STREAMS_PER_PROCESS", default=2000)
STREAMS_OF_STRANGERS = env.int("WEIGHTWISE_STREAMS_OF_STRANGERS", default=1500)
STREAMS_PER_LEARNER = env.int("WEIGHTWISE_STREAMS_PER_LEARNER", default=12)

# What a teacher may do in the admin: author the course and read what learners did, no more.
TEACHER_PERMISSIONS = {
    "lessons": {
        "track": ["view"],
        "topic": ["add", "change", "view"],
        "lesson": ["add", "change", "view"],
    },
    "quizzes": {
        "question": ["add", "change", "delete", "view", "regrade"],
        "choice": ["add", "change", "delete", "view"],
        "nearmiss": ["add", "change", "delete", "view"],
        "quiz": ["change", "view"],
        "attempt": ["view", "void"],
        "answer": ["view"],
        "scorechange": ["view"],
    },
    "training_jobs": {
        "experiment": ["add", "change", "view"],
        "run": ["view"],
        "worker": ["view"],
    },
}

# Celery carries doorbells only; the database says what is to be done and by whom.
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SERIALIZER = "json"
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
# A worker survives invalid answers of its broker, and any absence.
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_CHANNEL_ERROR_RETRY = True
# A silent connection is given up, too.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_connect_timeout": 2,
    "socket_timeout": 5,
    "socket_keepalive": True,
    "health_check_interval": 10,
}
# A trainer imports TensorFlow before it serves, and pauses before that after a failure. Its own
# watch ends a child that hangs, and can say so; Celery's, of 4 s, would end one that is only slow.
CELERY_WORKER_PROC_ALIVE_TIMEOUT = 60 * 60
