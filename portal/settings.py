"""
Settings of Doorstep. Everything that differs between houses comes from the environment (README, "Settings").

`make run` works with nothing set. Production sets at least SECRET_KEY, PUBLIC_URL, DATABASE_URL and EMAIL_URL;
`portal/checks.py` refuses to start with an unsafe value and says what to set instead.
"""

from pathlib import Path
from urllib.parse import urlsplit

import environ
from django.utils.translation import gettext_lazy as _

from portal.headers import PERMISSIONS_POLICY as PERMISSIONS_POLICY
from portal.headers import content_security_policy
from portal.keys import key_from_file, make_fernet_key, make_secret_key
from portal.mail_providers import anymail_settings
from portal.schedule import SCHEDULE

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
if (BASE_DIR / ".env").exists():
    env.read_env(BASE_DIR / ".env")

# --- The house -----------------------------------------------------------------------------------------------

DATA_DIR = Path(env("DATA_DIR", default=str(BASE_DIR / "data"))).resolve()
DATA_DIR.mkdir(parents=True, exist_ok=True, mode=0o700)
KEYS_DIR = DATA_DIR / "keys"

PORT = env.int("PORT", default=8000)
DEBUG = env.bool("DEBUG", default=False)
DEMO = env.bool("DEMO", default=False)
BIND_ADDRESS = env("BIND_ADDRESS", default="127.0.0.1")
WEB_WORKERS = env.int("WEB_WORKERS", default=1)
PUBLIC_URL = env("PUBLIC_URL", default=f"http://localhost:{PORT}").rstrip("/")
_public = urlsplit(PUBLIC_URL)
HTTPS = _public.scheme == "https"

SECRET_KEY = env("SECRET_KEY", default="") or key_from_file(KEYS_DIR, "secret_key", make_secret_key)
MFA_KEYS = env.list("MFA_KEYS", default=[]) or [key_from_file(KEYS_DIR, "mfa_key", make_fernet_key)]
# Wraps the key of every document; the first wraps, all open. A file may change while the house is open.
DOCUMENTS_MASTER_KEYS = env.list("DOCUMENTS_MASTER_KEY", default=[])
DOCUMENTS_MASTER_KEY_FILE = None if DOCUMENTS_MASTER_KEYS else KEYS_DIR / "documents_master_key"
if DOCUMENTS_MASTER_KEY_FILE:
    DOCUMENTS_MASTER_KEYS = key_from_file(KEYS_DIR, "documents_master_key", make_fernet_key).split()
TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)
METRICS_TOKEN = env("METRICS_TOKEN", default="")

ALLOWED_HOSTS = [_public.hostname or "localhost"]
if ALLOWED_HOSTS == ["localhost"]:
    ALLOWED_HOSTS += ["127.0.0.1", "[::1]"]
CSRF_TRUSTED_ORIGINS = [f"{_public.scheme}://{_public.netloc}"]

# --- Apps ----------------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "portal",
    "notifications",
    "feedback",
    "conversations",
    "leads",
    "documents",
    "loans",
    "accounts",
    "audit",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_htmx",
    "heroicons",
    "phonenumber_field",
    "csp",
    "anymail",
    "django.contrib.humanize",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "portal.middleware.LocalhostMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "portal.middleware.LightPagesMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "portal.middleware.AuditOriginMiddleware",
    "portal.middleware.OpeningsMiddleware",
    "portal.middleware.PrivatePagesMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "portal.middleware.SessionLimitsMiddleware",
    "portal.middleware.SecondFactorMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "portal.middleware.CompanyTimeMiddleware",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.context.site",
            ],
            "builtins": ["heroicons.templatetags.heroicons"],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

# --- Database, cache, broker ---------------------------------------------------------------------------------

DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'doorstep.sqlite3'}")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # IMMEDIATE: a read that turns into a write would otherwise fail with "database is locked" (docs/decisions).
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
    DATABASES["default"]["CONN_MAX_AGE"] = None
else:
    DATABASES["default"].setdefault("OPTIONS", {})["pool"] = {
        "min_size": 1, "max_size": env.int("DATABASE_POOL", default=16)
    }  # fmt: skip
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHE_URL = env("CACHE_URL", default="")
if CACHE_URL:
    CACHES = {"default": env.cache_url_config(CACHE_URL)}
else:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"}}

CELERY_BROKER_URL = env("CELERY_BROKER_URL", default="filesystem://localhost")
if CELERY_BROKER_URL.startswith("filesystem"):
    _queue, _control = DATA_DIR / "broker" / "queue", DATA_DIR / "broker" / "control"
    for _folder in (_queue, _control):
        _folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, object] = {
        "data_folder_in": str(_queue),
        "data_folder_out": str(_queue),
        "control_folder": str(_control),
        "polling_interval": 0.1,
    }
else:
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "visibility_timeout": 300,
        "unacked_restore_throttle": 1,
        "socket_timeout": 5,
        "socket_connect_timeout": 2,
        "socket_keepalive": True,
    }
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = False
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_DEFAULT_QUEUE = "messages"
CELERY_TASK_ROUTES = {"documents.*": {"queue": "documents"}}
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# Forked children alone (Redis): one that hangs is replaced before the lease of what it holds, five minutes, is over.
# No soft limit, which would be raised in the middle of a message.
CELERY_TASK_TIME_LIMIT = 240
CELERY_WORKER_MAX_TASKS_PER_CHILD = 1000
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 30
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = SCHEDULE

# --- Sign-in (allauth) ---------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("name", "email", "contact_email")},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/home/"
LOGOUT_REDIRECT_URL = "/"

ACCOUNT_ADAPTER = "portal.adapter.AccountAdapter"
MFA_ADAPTER = "portal.adapter.MFAAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_PREVENT_ENUMERATION = "strict"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_MAX_EMAIL_ADDRESSES = 2
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
# A code is the second step after the password; a mailbox alone opens nothing.
ACCOUNT_LOGIN_BY_CODE_ENABLED = False
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 3
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 300
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
    "invitation_renew": "10/m/ip,3/h/key",
    "contact_proof": "6/h/user",
    "unsubscribe": "30/h/key",
    "settled": "30/h/key",
    "survey": "30/h/key",
    "friend": "20/h/ip,30/d/key",
    "texting": "10/h/user",
    "co_borrower": "10/h/user",
    "apply_start": "30/h/ip",
    "apply_code": "5/h/key,30/h/ip",
    "apply_code_address": "10/d/key",
    "apply_prove": "30/h/ip",
    "apply_link": "5/h/key,20/h/ip",
    "apply_resume": "30/h/ip",
    "sms_unsigned": "60/m/ip",
    "send": "60/m/ip,300/h/key",
    "partner": "60/m/ip,300/h/key",
    "thread": "60/h/user",
    "draft": "600/h/user",
    "guide_mail": "20/h/ip,6/d/key",
    "estimate_pdf": "30/m/ip",
    "chat_begin": "12/h/ip",
    "chat": "60/h/key,200/h/ip",
}
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXY_COUNT
MFA_FORMS = {"add_webauthn": "accounts.forms.AddPasskeyForm"}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_ISSUER = "Doorstep"
MFA_TOTP_TOLERANCE = 1  # a code may turn over between reading and typing (RFC 6238, 5.2)
# True would write on every signed-in GET; SessionLimitsMiddleware keeps the time, at most every five minutes.
USERSESSIONS_TRACK_ACTIVITY = False

# Idle and overall limits of a session, in seconds (SECURITY: 1 h / 24 h for staff, 30 min / 12 h for borrowers).
SESSION_IDLE_SECONDS = {"staff": 3600, "borrower": 1800}
SESSION_OVERALL_SECONDS = {"staff": 86400, "borrower": 43200}
SESSION_COOKIE_AGE = 86400

# --- Cookies and headers -------------------------------------------------------------------------------------

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
if HTTPS:
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_NAME = "__Host-csrf"
    LANGUAGE_COOKIE_NAME = "__Host-language"
    SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = 63_072_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
    if TRUSTED_PROXY_COUNT:
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CSRF_FAILURE_VIEW = "portal.views.errors.csrf_failure"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"

# --- Files ---------------------------------------------------------------------------------------------------

MAX_UPLOAD_MB = env.int("MAX_UPLOAD_MB", default=50)
MAX_UPLOAD_BYTES = MAX_UPLOAD_MB * 1024 * 1024
# How much one loan, one person and one minute may bring; the part size is what S3 asks for at least.
UPLOAD_FILES_PER_LOAN = env.int("UPLOAD_FILES_PER_LOAN", default=1000)
UPLOAD_MB_PER_LOAN = env.int("UPLOAD_MB_PER_LOAN", default=5000)
UPLOAD_MB_PER_DAY = env.int("UPLOAD_MB_PER_DAY", default=2000)
UPLOADS_PER_MINUTE = env.int("UPLOADS_PER_MINUTE", default=60)
SPOOL_MEMORY_MB = env.int("SPOOL_MEMORY_MB", default=64)  # a file being checked lies in memory up to here
UPLOAD_PART_BYTES = 5 * 1024 * 1024
PRIVATE_FILES_DIR = DATA_DIR / "files"
CLAMD_URL = env("CLAMD_URL", default="")  # unix:///run/clamav/clamd.ctl or tcp://host:3310
CLAMD_SIGNATURE_DAYS = env.int("CLAMD_SIGNATURE_DAYS", default=7)
# Files of borrowers lie in a bucket when one is named (docs/operating.md), else in PRIVATE_FILES_DIR.
AWS_STORAGE_BUCKET_NAME = env("AWS_STORAGE_BUCKET_NAME", default="")
AWS_S3_REGION_NAME = env("AWS_S3_REGION_NAME", default="us-east-1")
AWS_S3_ENDPOINT_URL = env("AWS_S3_ENDPOINT_URL", default="").rstrip("/")  # of a server that is not AWS
AWS_ACCESS_KEY_ID = env("AWS_ACCESS_KEY_ID", default="")  # without: the role of the machine
AWS_SECRET_ACCESS_KEY = env("AWS_SECRET_ACCESS_KEY", default="")
S3_CHECKSUMS = env("S3_CHECKSUMS", default="when_supported")  # when_required for servers that know none
S3_ENCRYPTION = env("S3_ENCRYPTION", default="AES256")
S3_ENDPOINT = AWS_S3_ENDPOINT_URL or f"https://s3.{AWS_S3_REGION_NAME}.amazonaws.com"
S3_ADDRESSING = "path" if AWS_S3_ENDPOINT_URL else "virtual"
# What browsers may talk to besides ourselves: this bucket, and no other on the same server.
S3_ADDRESS = ""
if AWS_STORAGE_BUCKET_NAME:
    S3_ADDRESS = (
        f"{S3_ENDPOINT}/{AWS_STORAGE_BUCKET_NAME}/"
        if AWS_S3_ENDPOINT_URL
        else f"https://{AWS_STORAGE_BUCKET_NAME}.s3.{AWS_S3_REGION_NAME}.amazonaws.com/"
    )
CONTENT_SECURITY_POLICY = content_security_policy(storage=S3_ADDRESS)
MEDIA_ROOT = DATA_DIR / "public"  # officer photos and logos only: re-encoded, cacheable, unaudited
MEDIA_URL = "/media/"
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
FILE_UPLOAD_TEMP_DIR = str(DATA_DIR / "tmp")
Path(FILE_UPLOAD_TEMP_DIR).mkdir(parents=True, exist_ok=True, mode=0o700)
FILE_UPLOAD_PERMISSIONS = 0o600
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "assets" / "dist"]
# The demo and tests serve straight from the finders; production collects, compresses and hashes.
STATIC_MANIFEST = env.bool("STATIC_MANIFEST", default=HTTPS)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if STATIC_MANIFEST
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not STATIC_MANIFEST
WHITENOISE_KEEP_ONLY_HASHED_FILES = STATIC_MANIFEST

# --- Mail ----------------------------------------------------------------------------------------------------

# Neither: every message is kept and readable at /desk/outbox/ and nothing leaves the machine.
EMAIL_URL = env("EMAIL_URL", default="")
EMAIL_PROVIDER = env("EMAIL_PROVIDER", default="")  # of django-anymail: postmark, mailgun, amazon_ses, …
# Answers to messages go to reply+<token> here; the provider brings them to /webhooks/email/<provider>/inbound/.
INBOUND_MAIL_DOMAIN = env("INBOUND_MAIL_DOMAIN", default="").strip().lower()
MAIL_LEAVES_THE_HOUSE = bool(EMAIL_URL or EMAIL_PROVIDER)
EMAIL_TIMEOUT = 10
ANYMAIL = anymail_settings(env.ENVIRON, timeout=EMAIL_TIMEOUT)
if EMAIL_PROVIDER:
    EMAIL_BACKEND = f"anymail.backends.{EMAIL_PROVIDER}.EmailBackend"
elif EMAIL_URL:
    vars().update(env.email_url_config(EMAIL_URL))
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="Doorstep <portal@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# --- Texts ---------------------------------------------------------------------------------------------------

# Without all of them texts stay in the house, readable at the desk (docs/texting.md; carriers restrict mortgage texts).
TWILIO_ACCOUNT_SID = env("TWILIO_ACCOUNT_SID", default="")
TWILIO_AUTH_TOKEN = env("TWILIO_AUTH_TOKEN", default="")
TWILIO_FROM = env("TWILIO_FROM", default="")
TWILIO_MESSAGING_SERVICE_SID = env("TWILIO_MESSAGING_SERVICE_SID", default="")
# Twilio answers STOP, START and HELP by itself unless the house has had that switched off there.
TWILIO_ANSWERS_KEYWORDS = env.bool("TWILIO_ANSWERS_KEYWORDS", default=True)
TEXTS_LEAVE_THE_HOUSE = bool(
    TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN and (TWILIO_FROM or TWILIO_MESSAGING_SERVICE_SID)
)

# --- Words ---------------------------------------------------------------------------------------------------

LANGUAGE_CODE = "en"
# Only what the texts really are in: a page or mail half in one language serves nobody.
LANGUAGES = [("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True
PHONENUMBER_DEFAULT_REGION = "US"
PHONENUMBER_DB_FORMAT = "E164"

# --- Logs ----------------------------------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "filters": {"hide_tokens": {"()": "portal.logs.HideTokens"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "plain", "filters": ["hide_tokens"]}
    },
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", default="INFO")},
    "loggers": {
        "django.security.DisallowedHost": {"level": "CRITICAL"},
        "twilio": {"level": "WARNING"},  # it would write numbers and words of every text
    },
}
