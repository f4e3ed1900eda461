"""The console's settings for tests: quick password hashes, unhashed static files, tasks at once."""

import os

from qingyuan.console.settings import *  # noqa: F403 (all of them, some changed below)
from qingyuan.console.settings import STORAGES

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")      # the browser's driver runs an event loop
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
