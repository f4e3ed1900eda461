"""The real server of the console over a home of two firms: granian, hashed static files, SQLite, one person a role."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

START_S = 60
PASSWORD = "correct horse battery"             # of everybody
STATIC = Path(sys.prefix) / "share" / "qingyuan" / "static" / "staticfiles.json"


@dataclass(frozen=True)
class Served:
    """A running console: its address, a session for every role, and the addresses each page is seen at."""

    url: str
    sessions: dict[str, str]
    pages: dict[str, dict[str, str]]            # role -> name of the address -> path
    names: tuple[str, ...]                      # of sites, firms, cities and persons: they are not translated


@contextmanager
def served(home: Path, database: Path, **more: str) -> Iterator[Served]:
    """Make people, start the server, wait until it answers, stop it at the end; `more` goes into its environment."""
    here = Path(__file__).resolve().parent
    environment = os.environ | {
        "QINGYUAN_HOME": str(home), "QINGYUAN_DATABASE_URL": f"sqlite:///{database}",
        "DJANGO_SETTINGS_MODULE": "qingyuan.console.settings", "PYTHONPATH": str(here), **more}
    made = subprocess.run([sys.executable, __file__, str(home)], env=environment, capture_output=True, text=True,
                          check=False)
    if made.returncode:
        raise RuntimeError(made.stderr)
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    run = subprocess.Popen(
        [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port),
         "--workers", "1", "--blocking-threads", "4", "--no-access-log", "--log-level", "warning",
         "qingyuan.console.wsgi:application"], env=environment)
    try:
        _wait(f"http://127.0.0.1:{port}/accounts/login/", run)
        yield Served(f"http://127.0.0.1:{port}", **json.loads(made.stdout.splitlines()[-1]))
    finally:
        run.terminate()
        run.wait(20)


def _wait(url: str, run: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + START_S
    while run.poll() is None and time.monotonic() < end:
        try:
            with urllib.request.urlopen(url, timeout=10):
                return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError("the console did not start")


def people(home: Path) -> dict[str, object]:
    """Make the database, one person a role and what addresses name; runs in a process of its own."""
    from qingyuan.console import prepare
    from qingyuan.ledger import Home

    prepare.use(Home.open(home))
    from console_addresses import Firms, bounds, ours, rows
    from django.test import Client

    from qingyuan.console.accounts.models import Grant, Organisation, User
    from qingyuan.console.accounts.verbs import Role
    from qingyuan.console.home import registry

    prepare.migrate()
    firms, sessions, pages = Firms.at(home), {}, {}
    centre = Organisation.objects.create(id="centre", name="监测中心", name_en="Monitoring centre", kind="centre")
    for role in [None, *(one for one in Role if one is not Role.PUBLIC)]:
        name = role.value if role else "nobody"
        person = User.objects.create_user(username=name, password=PASSWORD, full_name=f"张{len(sessions)}",
                                          organisation=centre)
        if role is not None:
            Grant.objects.create(holder=person, role=role.value, **bounds(role))
        client = Client()
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        sessions[name] = client.cookies["qy_session"].value
        known = firms.examples("a", rows(person))
        pages[name] = {a.name: a.url(known) for a in ours() if not a.name.startswith("api-1:")}
    found = registry()
    names = {text for record in (*found.sites.values(), *found.organisations.values(), *found.parks.values())
             for text in (record.id, record.name)}
    names |= {site.city for site in found.sites.values()} | {centre.name, *User.objects.values_list(
        "full_name", flat=True), *User.objects.values_list("username", flat=True), "meter"}
    return {"sessions": sessions, "pages": pages, "names": sorted(names - {""}, key=len, reverse=True)}


if __name__ == "__main__":
    print(json.dumps(people(Path(sys.argv[1]))))
