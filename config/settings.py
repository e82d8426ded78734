"""All settings in one place. Every choice an operator has is an environment variable named here."""

import logging
import os
from pathlib import Path
from urllib.parse import urlsplit

from config.databases import database_from
from config.mail import NO_MAIL, mail_from

ROOT = Path(__file__).resolve().parent.parent

# The supervisor (`manage.py up`) sets these for its children; set them yourself to run a part alone.
DATABASE_URL = os.environ.get("DATABASE_URL", "")
REDIS_URL = os.environ.get("REDIS_URL", "")
PUBLIC_URL = (os.environ.get("LABLORE_URL") or "http://127.0.0.1:" + os.environ.get("LABLORE_PORT", "8000")).rstrip("/")
SECRET_KEY = os.environ.get("LABLORE_SECRET_KEY", "")
DEBUG = False

_public = urlsplit(PUBLIC_URL)
_https = _public.scheme == "https"
ALLOWED_HOSTS = [_public.hostname or "127.0.0.1", *filter(None, os.environ.get("LABLORE_HOSTS", "").split(","))]
# This machine may always ask: the supervisor looks at /healthz. What leaves the server names PUBLIC_URL, never the Host.
ALLOWED_HOSTS += ["127.0.0.1", "localhost", "[::1]"]

INSTALLED_APPS = [
    "stack",
    "reports",
    "tracking",
    "accounts",
    "kit",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "template_partials",
    "rest_framework",
    "drf_spectacular",
    "allauth",
    "allauth.account",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "accounts.middleware.PrivatePagesMiddleware",
    "kit.csp.ContentSecurityPolicyMiddleware",
    "kit.compression.CompressionMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
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
                "kit.csp.nonce",
            ],
        },
    }
]

# Seconds a statement may take; config/wsgi.py sets it for the web, whose threads are few. Worker and commands take their time.
DATABASES = {"default": database_from(DATABASE_URL, int(os.environ.get("LABLORE_STATEMENT_SECONDS", "0")))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Redis is a hint and may be away at any moment; sign-in throttles must not be, so the cache is a table.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},  # Django's 300 would let anybody wash out a throttle by asking 300 other things
    }
}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "accounts.adapter.ClosedDoorAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""

# Mail goes out where LABLORE_SMTP names a server (smtp://user:password@host:587); elsewhere pages say that none does.
_mail = mail_from(os.environ.get("LABLORE_SMTP", ""))
MAIL_CONFIGURED = bool(_mail)
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if _mail else 'dummy'}.EmailBackend"
EMAIL_HOST, EMAIL_PORT, EMAIL_HOST_USER, EMAIL_HOST_PASSWORD, EMAIL_USE_TLS, EMAIL_USE_SSL = _mail or NO_MAIL
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = SERVER_EMAIL = os.environ.get("LABLORE_MAIL_FROM", f"lablore@{ALLOWED_HOSTS[0]}")

SESSION_COOKIE_NAME = "__Host-session" if _https else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if _https else "csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _https
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
SECURE_HSTS_SECONDS = 31_536_000 if _https else 0
# How many proxies of your own stand before the server: as many hops of X-Forwarded-For are believed, and no more.
ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("LABLORE_PROXIES", "1" if _https else "0"))
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _https and ALLAUTH_TRUSTED_PROXY_COUNT else None
SECURE_SSL_REDIRECT = _https
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]  # the supervisor asks from this machine, without TLS
# Whether other hosts below this one speak HTTPS is not ours to promise (W005), nor a browser's list to join (W021).
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024

STATIC_URL = "/static/"
STATIC_ROOT = Path(os.environ.get("LABLORE_STATIC", ROOT / "build" / "static"))
STATICFILES_DIRS = [ROOT / "static" / "dist"]
STORAGES = {
    # nothing is stored as a file: bytes are rows, see tracking.models.blob
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = False

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["accounts.authentication.KeyAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": [],  # the gate decides, see accounts/gate.py; an ungated view fails the tests
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["kit.json_body.JSONBodyParser"],
    "DEFAULT_METADATA_CLASS": None,  # OPTIONS would answer past the gate; the schema describes the API
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "kit.api_errors.error_answer",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Lablore",
    "DESCRIPTION": "Runs, their metrics, and what a team concluded from them.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
}


def not_health(record: logging.LogRecord) -> bool:
    return getattr(getattr(record, "request", None), "path", "") != "/healthz"


LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "kit.log_line.LogLine", "format": "%(levelname)s %(name)s: %(message)s"}},
    # /healthz answers 503 as its ordinary way of saying no; whoever asked has it.
    "filters": {"not_health": {"()": "django.utils.log.CallbackFilter", "callback": not_health}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["not_health"]}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("LABLORE_LOG", "INFO")},
}
