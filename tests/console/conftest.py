"""A console over the demo home, with one person for every role."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import registry_home
from console_addresses import Firms
from console_addresses import two_firms as make_firms
from django.test import Client

from qingyuan.console.accounts.verbs import Role
from qingyuan.ledger import Home

PASSWORD = "correct horse battery"
EVERYWHERE = [role for role in Role if role not in (Role.PUBLIC, Role.ENTERPRISE, Role.AGENCY)]


@pytest.fixture
def console(demo_home: Path, settings: object, db: None) -> Path:
    """The console looks at the demo home."""
    settings.QINGYUAN_HOME = demo_home          # type: ignore[attr-defined]
    return demo_home


@pytest.fixture
def attended(tmp_path: Path, settings: object, console: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """The console looks at a small home of its own, whose worker appends as soon as a page waits for its leaf."""
    from qingyuan.console.office.models import Outbox
    from qingyuan.console.registry import change, imports

    made = registry_home.make(tmp_path / "home")
    settings.QINGYUAN_HOME = made.path          # type: ignore[attr-defined]

    def at_once(row: Outbox) -> Outbox:
        registry_home.work_off(made)
        row.refresh_from_db()
        return row

    for views in (change, imports):
        monkeypatch.setattr(views, "wait_for", at_once)
    return made


@pytest.fixture
def person(console: Path) -> Callable[..., object]:
    """Makes a person with a role, bounded or not: person(Role.REVIEWER, territory="3201")."""
    from qingyuan.console.accounts.models import Grant, User

    def make(role: Role | None, name: str = "", **bounds: str) -> object:
        user = User.objects.create_user(username=name or (role.value if role else "nobody"), password=PASSWORD)
        if role is not None:
            Grant.objects.create(holder=user, role=role.value, **bounds)
        return user

    return make


@pytest.fixture
def as_role(person: Callable[..., object]) -> Callable[..., Client]:
    """A browser logged in as a person with a role: as_role(Role.AUDITOR).get("/")."""
    def log_in(role: Role | None, lang: str = "en", **bounds: str) -> Client:
        client = Client(headers={"accept-language": lang})
        client.force_login(person(role, **bounds), backend="django.contrib.auth.backends.ModelBackend")
        return client

    return log_in


@pytest.fixture(scope="session")
def two_firms(tmp_path_factory: pytest.TempPathFactory) -> Firms:
    """A home of two firms, made once. Do not change it."""
    return make_firms(tmp_path_factory.mktemp("firms") / "home")


@pytest.fixture
def firms(two_firms: Firms, settings: object, db: None) -> Firms:
    """The console looks at the home of two firms."""
    settings.QINGYUAN_HOME = two_firms.home     # type: ignore[attr-defined]
    return two_firms
