"""Settings of the console. What differs from place to place comes from the environment, all of it named here.

QINGYUAN_HOME           folder of the system
QINGYUAN_DATABASE_URL   sqlite:///path or postgresql://user@host/name; default: console.sqlite3 in the home
QINGYUAN_HOSTS          host names under which the console answers, with commas; default: this machine only
QINGYUAN_ORIGINS        origins trusted for forms behind a TLS proxy, with commas, as https://monitoring.example
QINGYUAN_SECURE         1 where the console is reached by HTTPS: cookies are then marked secure
QINGYUAN_PROXIES        number of own proxies before the console, 0 by default: lock-out and sessions then know the
                        address of the browser from X-Forwarded-For
QINGYUAN_OIDC_*         ISSUER, CLIENT, SECRET and NAME of a single sign-on service
QINGYUAN_REQUIRE_MFA    days after which administrators, auditors and registrars see nothing without a second factor;
                        0: at once; not set: a second factor is offered, not required
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from django.core.management.utils import get_random_secret_key
from django.utils.translation import gettext_lazy as _

from qingyuan.console.database import from_url, sqlite

HERE = Path(__file__).resolve().parent


def _listed(name: str, default: str = "") -> list[str]:
    return [part.strip() for part in os.environ.get(name, default).split(",") if part.strip()]


QINGYUAN_HOME = Path(os.environ["QINGYUAN_HOME"]).resolve() if os.environ.get("QINGYUAN_HOME") else None
_KEY = QINGYUAN_HOME / "keys" / "console.secret" if QINGYUAN_HOME else None
SECRET_KEY = _KEY.read_text("ascii").strip() if _KEY and _KEY.exists() else get_random_secret_key()

DEBUG = False
SECURE = os.environ.get("QINGYUAN_SECURE") == "1"
ALLOWED_HOSTS = _listed("QINGYUAN_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = _listed("QINGYUAN_ORIGINS")
ROOT_URLCONF = "qingyuan.console.urls"
WSGI_APPLICATION = "qingyuan.console.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "django.contrib.messages",
    "django.contrib.staticfiles", "django.contrib.humanize",
    "qingyuan.console.accounts", "qingyuan.console.office", "qingyuan.console.registry", "qingyuan.console.live",
    "qingyuan.console.operations", "qingyuan.console.api", "qingyuan.console.shell",
    "allauth", "allauth.account", "allauth.mfa", "allauth.usersessions", "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "axes", "csp", "django_htmx", "django_tasks", "django_tasks_db",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "qingyuan.console.api.problems.ProblemMiddleware",
    "qingyuan.console.shell.middleware.CookieMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "qingyuan.console.shell.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "qingyuan.console.shell.middleware.ViewMiddleware",
    "qingyuan.console.accounts.gate.GateMiddleware",
    "axes.middleware.AxesMiddleware",
]
TEMPLATES = [{
    "BACKEND": "django.template.backends.django.DjangoTemplates",
    "DIRS": [HERE / "templates"],
    "APP_DIRS": True,
    "OPTIONS": {
        "context_processors": [
            "django.template.context_processors.request", "django.template.context_processors.i18n",
            "django.contrib.auth.context_processors.auth", "django.contrib.messages.context_processors.messages",
            "qingyuan.console.shell.context.page",
        ],
        "builtins": ["qingyuan.console.shell.templatetags.qy"],
    },
}]

DATABASES = {"default": from_url(os.environ["QINGYUAN_DATABASE_URL"]) if os.environ.get("QINGYUAN_DATABASE_URL")
             else sqlite(QINGYUAN_HOME / "console.sqlite3" if QINGYUAN_HOME else ":memory:")}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "qingyuan_cache"}}
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

# Accounts. Log-in is by user name; nobody signs up; lock-out is by name and address together, so that a stranger
# cannot shut out a colleague.
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher",
                    "django.contrib.auth.hashers.PBKDF2PasswordHasher"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "qingyuan.console.accounts.adapter.AccountAdapter"
SOCIALACCOUNT_ADAPTER = "qingyuan.console.accounts.adapter.SingleSignOnAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_RATE_LIMITS = {"login_failed": "10/15m/key"}     # codes of a second factor; passwords: AXES below
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = False
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Qingyuan"
MFA_FORMS = {"add_webauthn": "qingyuan.console.accounts.keys.AddKeyForm",
             "edit_webauthn": "qingyuan.console.accounts.keys.EditKeyForm"}
REQUIRE_MFA_DAYS = int(os.environ["QINGYUAN_REQUIRE_MFA"]) if os.environ.get("QINGYUAN_REQUIRE_MFA") else None
REQUIRE_MFA_ROLES = ("administrator", "auditor", "registrar")
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not SECURE
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25                     # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_CALLABLE = "qingyuan.console.accounts.lockout.locked_out"
AXES_USERNAME_CALLABLE = "qingyuan.console.accounts.lockout.name"
AXES_CLIENT_IP_CALLABLE = "qingyuan.console.accounts.lockout.address"
ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("QINGYUAN_PROXIES") or 0)
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False
SESSION_COOKIE_AGE = 12 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME, LANGUAGE_COOKIE_NAME = "qy_session", "qy_csrf", "qy_language"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE else None
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

OIDC = {name: os.environ.get(f"QINGYUAN_OIDC_{name}", "") for name in ("ISSUER", "CLIENT", "SECRET", "NAME")}
SOCIALACCOUNT_ONLY = False
SOCIALACCOUNT_AUTO_SIGNUP = False
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [{
    "provider_id": "sso", "name": OIDC["NAME"] or "SSO", "client_id": OIDC["CLIENT"], "secret": OIDC["SECRET"],
    "settings": {"server_url": OIDC["ISSUER"]}}] if OIDC["ISSUER"] and OIDC["CLIENT"] else []}}

# A form that ends at the sign-on service: the browser holds redirects to form-action too.
_SIGN_ON = ["{0.scheme}://{0.netloc}".format(urlsplit(OIDC["ISSUER"]))] if OIDC["ISSUER"] else []
CONTENT_SECURITY_POLICY = {"DIRECTIVES": {
    "default-src": [NONE], "script-src": [SELF], "style-src": [SELF], "font-src": [SELF], "connect-src": [SELF],
    "worker-src": [SELF], "form-action": [SELF, *_SIGN_ON], "manifest-src": [SELF], "img-src": [SELF, "data:", "blob:"],
    "base-uri": [NONE], "frame-ancestors": [NONE], "report-uri": "/csp/"}}

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Chinese")), ("en", _("English"))]
LOCALE_PATHS = [HERE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"                  # of the office's own clock; data times are fixed at +08:00

STATIC_URL = "/static/"
STATIC_ROOT = Path(sys.prefix) / "share" / "qingyuan" / "static"
STATICFILES_DIRS = [HERE / "static"] if (HERE / "static").is_dir() else []
STORAGES = {"default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
            "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}}
WHITENOISE_MAX_AGE = 3600
DATA_UPLOAD_MAX_MEMORY_SIZE = 5_000_000
FILE_UPLOAD_HANDLERS = ["qingyuan.console.registry.importing.arriving.InMemory"]
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

LOGGING = {
    "version": 1, "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {"axes": {"level": "ERROR"}, "django_tasks": {"level": "WARNING"}},
}
