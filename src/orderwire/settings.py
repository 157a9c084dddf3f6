"""Every setting, read from the environment and documented in place. Importing this starts nothing."""

import base64
import hashlib
import json
import os
import secrets
from pathlib import Path

from orderwire import database

DATA = database.data_folder()
"""ORDERWIRE_DATA: folder for the embedded database, keys and spool. Default depends on the user."""


def _text(name: str, default: str) -> str:
    return os.environ.get(f"ORDERWIRE_{name}", default)


def _flag(name: str, default: bool) -> bool:
    return _text(name, "1" if default else "0").lower() in {"1", "true", "yes", "on"}


def _secret(name: str) -> str:
    """A secret from the environment, or one made on first use and kept in the data folder (mode 600)."""
    given = os.environ.get(f"ORDERWIRE_{name}")
    if given:
        return given
    file = Path(DATA) / "keys" / name.lower()
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = file.with_suffix(f".{os.getpid()}")
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_urlsafe(48))
        try:
            os.link(fresh, file)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return file.read_text()


SECRET_KEY = _secret("SECRET_KEY")
"""ORDERWIRE_SECRET_KEY: signs sessions and answer links. Made on first use when not given."""

ORDERWIRE_VAULT_KEYS = [
    base64.urlsafe_b64encode(hashlib.sha256(key.encode()).digest()) for key in _secret("VAULT_KEYS").split(",")
]
"""ORDERWIRE_VAULT_KEYS: comma-separated secrets that seal stored mails; the first seals, all open (rotation)."""

DEBUG = _flag("DEBUG", False)
"""ORDERWIRE_DEBUG: show developers' error pages. Never in production."""

ALLOWED_HOSTS = _text("HOSTS", "localhost,127.0.0.1,[::1]").split(",")
"""ORDERWIRE_HOSTS: comma-separated host names under which the pages are reached."""

ORDERWIRE_URL = _text("URL", "http://127.0.0.1:8000").rstrip("/")
"""ORDERWIRE_URL: the address that mailed links begin with."""

CSRF_TRUSTED_ORIGINS = [ORDERWIRE_URL]
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = ORDERWIRE_URL.startswith("https://")

ORDERWIRE_COMPANY = _text("COMPANY", "")
"""ORDERWIRE_COMPANY: the buying company's name on the answer page and in mails; default is the buyer on the order."""

ORDERWIRE_CONFIG = Path(_text("CONFIG", str(Path(DATA) / "config")))
"""ORDERWIRE_CONFIG: folder with rules.yaml, policy.yaml, changes.yaml and reminders.yaml; where a file is absent the
shipped default applies."""

ORDERWIRE_ANSWER_LINK_DAYS = int(_text("ANSWER_LINK_DAYS", "30"))
"""ORDERWIRE_ANSWER_LINK_DAYS: days that a mailed answer link stays valid."""

ORDERWIRE_EMAIL_IN_DOUBT = _text("EMAIL_IN_DOUBT", "hold")
"""ORDERWIRE_EMAIL_IN_DOUBT: hold (a person decides) or resend (marked as possible duplicate) what may have left."""

ORDERWIRE_LEASE_MARGIN = float(_text("LEASE_MARGIN", "60"))
"""ORDERWIRE_LEASE_MARGIN: seconds that a lease lasts beyond the channel's longest send. A worker is taken for dead
after a third of it without a sign of life; what it had claimed goes on when the lease ends."""

ORDERWIRE_MAX_UPLOAD = int(_text("MAX_UPLOAD", str(20 * 1024 * 1024)))
"""ORDERWIRE_MAX_UPLOAD: largest inbound file in bytes."""

ORDERWIRE_API_PER_MINUTE = int(_text("API_PER_MINUTE", "600"))
"""ORDERWIRE_API_PER_MINUTE: calls that one API key may make in a minute, in each web process; more are told to wait."""

ANYMAIL = json.loads(_text("ANYMAIL", "") or "{}")
"""ORDERWIRE_ANYMAIL: settings of django-anymail as JSON, for a provider that reports bounces to
/hooks/mail/PROVIDER/tracking/: {"WEBHOOK_SECRET": "user:password"} at least. Empty: no such web hook."""

INSTALLED_APPS = [
    "orderwire",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django.contrib.staticfiles",
    "servestatic",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "procrastinate.contrib.django",
]

MIDDLEWARE = [
    "orderwire.web.stream.Stamped",
    "django.middleware.security.SecurityMiddleware",
    "servestatic.middleware.ServeStaticMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "orderwire.web.headers.content_policy",
]

ROOT_URLCONF = "orderwire.urls"
ASGI_APPLICATION = "orderwire.asgi.application"
AUTH_USER_MODEL = "orderwire.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "inbox"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "username*", "password1*", "password2*"]
ACCOUNT_ADAPTER = "orderwire.web.account.ClosedSignup"
ACCOUNT_EMAIL_VERIFICATION = "none"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]

DATABASES = {"default": database.django_database(database.lazy_dsn())}

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [Path(__file__).parent / "web" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "orderwire.web.frame.frame",
            ],
            "builtins": ["orderwire.web.parts"],
        },
    }
]

STATIC_URL = "/static/"
STATICFILES_DIRS = [Path(__file__).parent / "web" / "static"]
SERVESTATIC_USE_FINDERS = True
STATIC_ROOT = None

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = ORDERWIRE_MAX_UPLOAD
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000  # an answer to 400 lines, some in several parts
SILENCED_SYSTEM_CHECKS: list[str] = []

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["stderr"], "level": _text("LOG_LEVEL", "WARNING")},
    # These write down addresses and headers, in which partners' passwords and tokens travel.
    "loggers": {name: {"level": "WARNING"} for name in ("httpx2", "httpcore2")},
}
"""ORDERWIRE_LOG_LEVEL: DEBUG, INFO, WARNING (default) or ERROR."""
