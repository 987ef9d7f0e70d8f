"""Settings from the environment; every default suits one office on one machine."""

from pathlib import Path

import environ
from django.utils.translation import gettext_lazy as _
from kombu import Queue

from config import jobs, logs, secret, web
from config.broker import TRANSPORT_OPTIONS, broker_socket

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / "data"))).resolve()
DATA_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)

SECRET_KEY = env.str("SECRET_KEY", default="") or secret.load(DATA_DIR / "secret.key")
DEBUG = env.bool("DEBUG", default=False)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
HTTPS = env.bool("HTTPS", default=False)
# Where ./run serves: the demonstration probes itself there.
PORT = env.int("PORT", default=8000)
DEMO = env.bool("DEMO", default=True)

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_filters",
    "django_htmx",
    # Before allauth, whose pages it replaces.
    "accounts",
    "allauth",
    "allauth.account",
    "django_structlog",
    "csp",
    "jobs",
    "obligations",
    "sharing_lists",
    "docking",
    "reports",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "accounts.middleware.DatabaseUnavailable",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "accounts.middleware.ChosenLanguage",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "accounts.middleware.TrustedAddress",
    "accounts.middleware.ActInPlace",
    "django_structlog.middlewares.RequestMiddleware",
    "accounts.middleware.RefuseInPlainWords",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = web.templates(BASE_DIR)

# SQLite needs all three: the write-ahead log, write transactions that lock at their start,
# and patience. The log alone gave 358 "database is locked" in 600 transactions, all three none.
_SQLITE_OPTIONS = {
    "init_command": "PRAGMA journal_mode=WAL;",
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
}
DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'qingdan.sqlite3'}")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = dict(_SQLITE_OPTIONS)
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    # PostgreSQL would compile statements as long as ours for longer than they then run: of a
    # report's lines three quarters of the time. What DATABASE_URL says of it holds.
    _said = DATABASES["default"].setdefault("OPTIONS", {})
    _said["options"] = f"-c jit=off {_said.get('options', '')}".strip()
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.signin.Backend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "accounts.signin.Adapter"
ACCOUNT_FORMS = {
    "login": "accounts.forms.SignIn",
    "change_password": "accounts.forms.ChangePassword",
}
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = False
# Attempts are reserved in the database before a password is checked (accounts.signin).
ACCOUNT_RATE_LIMITS = False
SIGN_IN_ATTEMPTS = env.int("SIGN_IN_ATTEMPTS", default=5)
SIGN_IN_LOCK_MINUTES = env.int("SIGN_IN_LOCK_MINUTES", default=15)
SIGN_IN_ATTEMPTS_PER_ADDRESS = env.int("SIGN_IN_ATTEMPTS_PER_ADDRESS", default=100)
# How many proxies of ours write X-Forwarded-For; with none, what stands there is anybody's word.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXIES", default=0)
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False  # it believes any header: accounts.middleware

SESSION_COOKIE_AGE = env.int("SESSION_COOKIE_AGE", default=8 * 3600)
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME = "__Host-sessionid" if HTTPS else "sessionid"
CSRF_COOKIE_NAME = "__Host-csrftoken" if HTTPS else "csrftoken"
CSRF_COOKIE_HTTPONLY = True
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
# Subdomains and the preload list are for the owner of the domain to decide.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = web.CONTENT_SECURITY_POLICY

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_I18N = USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = DATA_DIR / "files"
# How much the files of one department's evidence may take, all versions together.
EVIDENCE_QUOTA_MB = env.int("EVIDENCE_QUOTA_MB", default=500)
# Where the exchange platform may leave its logs (sharing_lists.inbox).
DELIVERY_INBOX = env.str("DELIVERY_INBOX", default=str(DATA_DIR / "inbox"))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
FILE_UPLOAD_PERMISSIONS = 0o600
DATA_UPLOAD_MAX_MEMORY_SIZE = 11 * 2**20

# Reminders go out by e-mail through this server; without one they are written to files.
vars().update(env.email_url("EMAIL_URL", default=f"filemail:///{DATA_DIR / 'mail'}"))
EMAIL_TIMEOUT = env.int("EMAIL_TIMEOUT", default=10)
DEFAULT_FROM_EMAIL = env.str("MAIL_FROM", default="qingdan@localhost")
# Titles of rows may be internal: a mail says how many there are and where, unless this is set.
MAIL_TITLES = env.bool("MAIL_TITLES", default=False)
# The address by which people reach this installation, for links in messages.
PUBLIC_URL = env.str("PUBLIC_URL", default="")
# Longer than the longest talk with a mail server; then somebody else sends what is in hand.
DELIVERY_LEASE_SECONDS = env.int("DELIVERY_LEASE_SECONDS", default=300)

# What differs between kinds of list is data: each app offers one Kind value.
LIST_KINDS = env.list("LIST_KINDS", default=["sharing_lists.kind.SHARING", "docking.kind.DOCKING"])
# What people are reminded of beside the obligations themselves: each names sources of reminders.
REMINDER_SOURCES = ("reports.reminders.REMINDERS",)

BROKER_URL = env.str("BROKER_URL", default="")
CELERY_BROKER_URL = BROKER_URL or f"redis+socket://{broker_socket(DATA_DIR)}"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # a worker waits for its broker as long as it takes
CELERY_BROKER_TRANSPORT_OPTIONS = TRANSPORT_OPTIONS
# A metronome: the task asks the database which periods have no job yet.
CELERY_BEAT_SCHEDULE = {"tick": {"task": "jobs.tick", "schedule": 60, "options": {"expires": 60}}}
# Without -Q a worker takes from all queues; long rounds of probes may have workers of their own.
CELERY_TASK_QUEUES = (Queue("celery"), Queue("probes"))
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = TIME_ZONE

JOB_HANDLERS = jobs.HANDLERS
JOB_LABELS = jobs.LABELS
JOB_QUEUES = jobs.QUEUES
JOB_QUIET = jobs.QUIET
JOB_SCHEDULE = jobs.SCHEDULE
JOB_METRICS = jobs.METRICS
# What counts as open in a person's hands when their account is closed (accounts.leaving).
WORK_IN_HANDS = "obligations.leaving.in_hands"
# With a sweep: what a vanished worker left is taken up within a minute.
# How often a person watching the page sees the bar of a job move.
JOB_PROGRESS_SECONDS = 1.0
JOB_LEASE_SECONDS = env.int("JOB_LEASE_SECONDS", default=40)
JOB_SWEEP_SECONDS = env.int("JOB_SWEEP_SECONDS", default=10)
# After so many errors a job has failed. A worker that vanishes says less about the job (restarts
# and power cuts come in rows), so a job may be begun more often than it may fail.
JOB_ATTEMPTS = env.int("JOB_ATTEMPTS", default=3)
JOB_CLAIMS = env.int("JOB_CLAIMS", default=10)

REST_FRAMEWORK = web.REST_FRAMEWORK
SPECTACULAR_SETTINGS = {
    "TITLE": "Qingdan 清单 API",
    "DESCRIPTION": "Responsibility lists, obligations, claims, checks and reports.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    # Groups begin closed: the page draws only part of so many operations at once.
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "docExpansion": "none"},
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    # Names of the choices that generated clients see; fields of one name have several sets.
    "ENUM_NAME_OVERRIDES": {
        "LevelEnum": "accounts.models.Level",
        "IssuingLevelEnum": "obligations.api.import_shapes.ISSUING_LEVELS",
        "ListKindEnum": "obligations.kinds.kind_choices",
        "EvidenceKindEnum": "obligations.models.Evidence.Kind",
        "TextEvidenceKindEnum": "obligations.api.bodies.TEXT_KINDS",
        "SaidEnum": "obligations.models.Said",
        "ClaimOutcomeEnum": "obligations.models.Claim.Outcome",
        "DecisionOutcomeEnum": "obligations.models.records.Decision.Outcome",
        "FindingOutcomeEnum": "obligations.models.CheckResult.Outcome",
        "ContradictionOutcomeEnum": "obligations.models.ContradictionCase.Outcome",
        "FillingStateEnum": "obligations.models.FillingUpload.State",
        "DispatchStateEnum": "obligations.models.Dispatch.State",
        "ImportStateEnum": "obligations.models.Import.State",
        "DeliveryStateEnum": "obligations.models.Delivery.State",
        "DataDeliverySourceEnum": "sharing_lists.models.Delivery.Source",
        "DataDeliveryOutcomeEnum": "sharing_lists.models.Delivery.Outcome",
        "DataRequestKindEnum": "sharing_lists.models.DataRequest.Kind",
        "DeliveryLogStateEnum": "sharing_lists.models.DeliveryLog.State",
        "ScoreRulingEnum": "obligations.models.ScoreObjection.Outcome",
        "ScoreStatementStateEnum": "obligations.models.ScoreStatement.State",
        "LightEnum": "obligations.models.Light",
        "JobStateEnum": "jobs.models.Job.State",
        "EndpointStateEnum": "docking.models.Endpoint.State",
        "ProbeOutcomeEnum": "docking.models.ProbeResult.Outcome",
        "SnapshotStateEnum": "reports.models.Snapshot.State",
    },
}

LOGGING = logs.configure(
    level=env.str("LOG_LEVEL", default="INFO"),
    plain=env.str("LOG_FORMAT", default="json") != "json",
)
