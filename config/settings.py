"""Settings from the environment; every default suits one office on one machine."""

from pathlib import Path

import environ
from django.utils.translation import gettext_lazy as _

from config import logs, secret, web
from config.broker import broker_socket

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / "data"))).resolve()
DATA_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)

SECRET_KEY = env.str("SECRET_KEY", default="") or secret.load(DATA_DIR / "secret.key")
DEBUG = env.bool("DEBUG", default=False)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
HTTPS = env.bool("HTTPS", default=False)
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

BROKER_URL = env.str("BROKER_URL", default="")
CELERY_BROKER_URL = BROKER_URL or f"redis+socket://{broker_socket(DATA_DIR)}"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # a worker waits for its broker as long as it takes
# Without max_retries a publisher tries for six seconds before it says that the broker is down.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_connect_timeout": 1,
    "socket_timeout": 1,
    "max_retries": 0,
    "interval_start": 0,
    "interval_step": 0,
}
# A metronome: the task asks the database which periods have no job yet.
CELERY_BEAT_SCHEDULE = {"tick": {"task": "jobs.tick", "schedule": 60, "options": {"expires": 60}}}
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = TIME_ZONE

# Job kind -> handler; named here so that processes never import tasks.
JOB_HANDLERS: dict[str, str] = {
    "noop": "jobs.handlers.noop",
    "obligations.check": "obligations.check_handler.check_fulfilment",
    "obligations.apply_filling": "obligations.filling_handlers.apply_filling",
    "obligations.dispatch": "obligations.dispatch_handler.carry_out",
    "obligations.import": "obligations.handlers.import_list",
    "obligations.read_filling": "obligations.filling_handlers.read_filling",
    "obligations.read_list": "obligations.handlers.read_list",
    "obligations.undo_edition": "obligations.handlers.undo_edition",
    "obligations.recount": "obligations.handlers.recount",
    "obligations.rounds": "obligations.handlers.open_rounds",
    "obligations.remind": "obligations.reminder_handlers.remind",
    "obligations.send_reminders": "obligations.reminder_handlers.send_reminders",
    "sharing_lists.read_log": "sharing_lists.handlers.read_log",
    "sharing_lists.apply_log": "sharing_lists.handlers.apply_log",
    "sharing_lists.take_from_inbox": "sharing_lists.handlers.take_from_inbox",
    "sharing_lists.settle_receipts": "sharing_lists.handlers.settle_receipts",
    "sharing_lists.keep_promises": "sharing_lists.handlers.keep_promises",
    "reports.make": "reports.handlers.make_report",
}
# What a person calls a job of this kind.
JOB_LABELS = {
    "noop": _("Test job"),
    "obligations.check": _("Fulfilment check"),
    "obligations.apply_filling": _("Applying a workbook"),
    "obligations.dispatch": _("Dispatch of list items"),
    "obligations.import": _("List import"),
    "obligations.read_filling": _("Reading a workbook"),
    "obligations.read_list": _("Reading a list file"),
    "obligations.undo_edition": _("Taking an edition back"),
    "obligations.recount": _("Recount of dates"),
    "obligations.rounds": _("Monthly round"),
    "obligations.remind": _("Making the day's reminders"),
    "obligations.send_reminders": _("Sending reminders"),
    "sharing_lists.read_log": _("Reading a log of deliveries"),
    "sharing_lists.apply_log": _("Taking over a log of deliveries"),
    "sharing_lists.take_from_inbox": _("Logs from the folder"),
    "sharing_lists.settle_receipts": _("Dates moved by receipts"),
    "sharing_lists.keep_promises": _("Recount of promises"),
    "reports.make": _("Progress report"),
}
# What counts as open in a person's hands when their account is closed (accounts.leaving).
WORK_IN_HANDS = "obligations.leaving.in_hands"
# (job kind, when in Asia/Shanghai, what one period is called): beat asks whether the row is there.
JOB_SCHEDULE: dict[str, dict[str, str]] = {
    "promises": {"kind": "sharing_lists.keep_promises", "every": "day", "at": "00:05"},
    "nightly check": {"kind": "obligations.check", "every": "day", "at": "00:10"},
    "inbox of logs": {"kind": "sharing_lists.take_from_inbox", "every": "day", "at": "06:30"},
    "monthly round": {"kind": "obligations.rounds", "every": "day", "at": "07:05"},
    "reminders": {"kind": "obligations.remind", "every": "day", "at": "08:30"},
    "weekly report": {"kind": "reports.make", "every": "week", "at": "07:00"},
    "monthly report": {"kind": "reports.make", "every": "month", "at": "07:30"},
}
JOB_LEASE_SECONDS = env.int("JOB_LEASE_SECONDS", default=60)
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
        "FillingStateEnum": "obligations.models.FillingUpload.State",
        "DispatchStateEnum": "obligations.models.Dispatch.State",
        "ImportStateEnum": "obligations.models.Import.State",
        "DeliveryStateEnum": "obligations.models.Delivery.State",
        "DataDeliverySourceEnum": "sharing_lists.models.Delivery.Source",
        "DataDeliveryOutcomeEnum": "sharing_lists.models.Delivery.Outcome",
        "DeliveryLogStateEnum": "sharing_lists.models.DeliveryLog.State",
        "JobStateEnum": "jobs.models.Job.State",
        "SnapshotStateEnum": "reports.models.Snapshot.State",
    },
}

LOGGING = logs.configure(
    level=env.str("LOG_LEVEL", default="INFO"),
    plain=env.str("LOG_FORMAT", default="json") != "json",
)
