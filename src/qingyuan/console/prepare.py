"""Make a home ready for its console: secret, environment, database, cache table. Safe to run again."""

from __future__ import annotations

import os
from pathlib import Path

from qingyuan.ledger import Home

SETTINGS = "qingyuan.console.settings"


def environment(home: Home) -> dict[str, str]:
    """Environment of a process that uses the console's settings over a home."""
    return {**os.environ, "QINGYUAN_HOME": str(home.path.resolve()), "DJANGO_SETTINGS_MODULE": SETTINGS}


def secret(home: Home) -> Path:
    """The file with the key that signs sessions, made at random the first time; only its owner reads it."""
    from django.core.management.utils import get_random_secret_key

    path = home.path / "keys" / "console.secret"
    if not path.exists():
        part = path.with_suffix(".part")
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
            out.write(get_random_secret_key() + "\n")
            out.flush()
            os.fsync(out.fileno())
        part.replace(path)
    return path


def use(home: Home) -> None:
    """Set Django up in this process over a home."""
    import django

    secret(home)
    os.environ.update(environment(home))
    django.setup()


def migrate() -> None:
    """Bring the database up to date; `use` comes first."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)
