"""One demo under way: the services, the console with its log-ins, the replay in two paces."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import typer

from qingyuan.cli.i18n import _
from qingyuan.numerics.time import HOUR_US

if TYPE_CHECKING:
    from qingyuan.cli.demo.services import Services
    from qingyuan.gateway.simulator import Source
    from qingyuan.ledger import Home

LEAD_S = 2.0             # real seconds between provisioning and the first telegram
TICK_S = 1.0
SLOW = 60.0              # data seconds in one real second, once the first days have closed
WAIT_S = 120.0


@dataclass
class Show:
    """A demo; `until_us` is the data time at which the quick part ends."""

    console: Any
    home: Home
    services: Services
    played: list[Source]
    until_us: int
    speed: float
    real_us: int = 0
    acknowledged: int = 0
    address: str = ""
    web: str = ""
    people: list[tuple[str, str, str]] = field(default_factory=list)       # user name, password, role
    fault: BaseException | None = None

    @property
    def then(self) -> tuple[int, float] | None:
        """From when on data time runs slower; None if nothing follows."""
        closed_us = self.until_us + 2 * HOUR_US                    # the quick part's last day closes after an hour
        return (closed_us, SLOW) if self.played[0].end_us > closed_us else None

    def begin(self, port: int) -> None:
        """Enter the stations and start gateway, witness and pipeline."""
        from qingyuan.cli.demo.services import keep_truth
        from qingyuan.gateway.simulator import provision
        from qingyuan.ledger import Keyring

        home = self.home
        keep_truth(home.path, self.played)
        (home.path / "logs").mkdir(exist_ok=True)
        keyring = Keyring.open(home.path / "keys", create=True)
        self.real_us = time.time_ns() // 1000 + int(LEAD_S * 1e6)
        provision(home, keyring, *self.played, real_us=self.real_us, speed=self.speed, tick_s=TICK_S, then=self.then)
        where = "--home", str(home.path)
        self.services.start("gateway", "gateway", "run", *where, "--port", str(port))
        self.services.start("witness", "witness", "run", *where)
        self.services.start("pipeline", "pipeline", "follow", *where)
        there = self.services.wait_for("gw1.json")
        self.address = f"127.0.0.1:{there['port']}"
        self.console.print(_("home {home}, gateway on port {port}, {speed}× replay, one belief tick a second").format(
            home=home.path, port=there["port"], speed=f"{self.speed:g}"))

    def open_console(self, port: int) -> None:
        """Start console and worker, and say where it is and who may log in."""
        from qingyuan.console import prepare

        prepare.use(self.home)
        prepare.migrate()
        from qingyuan.console.accounts.seed import seed_demo

        self.people = seed_demo(self.home.path)
        where = "--home", str(self.home.path)
        self.services.start("console", "console", "run", *where, "--port", str(port))
        self.services.start("worker", "worker", "run", *where)
        there = self.services.wait_for("console.json")["port"]
        self.services.wait_until_open(there)
        self.web = f"http://127.0.0.1:{there}/"
        self.log_ins()

    def log_ins(self) -> None:
        """Print the address of the console and a log-in for each role."""
        from rich.table import Table

        table = Table(title=_("console: {address}").format(address=self.web))
        for name in (_("role"), _("user name"), _("password")):
            table.add_column(name)
        for name, password, role in self.people:
            table.add_row(role, name, password)
        self.console.print(table)

    def replay(self) -> None:
        """Play until the quick part is acknowledged; what follows goes on in the background."""
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        total = sum(sum(reading.start_us < self.until_us for reading in source.readings) for source in self.played)
        player = threading.Thread(target=self._play, name="fleet", daemon=True)
        player.start()
        with Progress(*columns, console=self.console) as progress:
            task = progress.add_task(_("telegrams acknowledged"), total=total)
            while player.is_alive() and self.acknowledged < total and self._data_us() < self.until_us:
                self.services.check()
                progress.update(task, completed=self.acknowledged)
                time.sleep(0.2)
            if self.then is None:
                player.join()
            progress.update(task, completed=min(total, self.acknowledged))
        if self.fault is not None:
            raise self.fault

    def _data_us(self) -> int:
        from qingyuan.gateway.simulator.provision import pace

        return pace(self.played[0], self.real_us, self.speed, self.then).data_us(time.time_ns() // 1000)

    def _play(self) -> None:
        from qingyuan.gateway.simulator import replay

        def seen(acknowledged: int) -> None:
            self.acknowledged = acknowledged

        host, _colon, port = self.address.rpartition(":")
        try:
            replay(host, int(port), *self.played, real_us=self.real_us, speed=self.speed, then=self.then, progress=seen)
        except Exception as error:
            self.fault = error

    def close(self, *, keep_gateway: bool) -> None:
        """Wait until the last quick day has closed in data time, then let the pipeline finish."""
        from qingyuan.cli.demo.summary import status
        from qingyuan.pipeline.evaluate.tick import GRACE_US

        until = time.monotonic() + WAIT_S
        with self.console.status(_("waiting for the last day to close")):
            while status(self.home, "pipeline.status.json").get("closed_us", 0) < self.until_us + GRACE_US:
                self.services.check()
                if time.monotonic() > until:
                    raise typer.BadParameter(_("the pipeline did not close the last day in time; see {folder}").format(
                        folder=self.home.path / "logs"))
                time.sleep(0.2)
            time.sleep(1.0)        # one more round of the witness
        if not keep_gateway:
            self.services.stop("gateway", "pipeline")
            time.sleep(1.0)
            self.services.stop()

    def idle(self) -> None:
        """Stay until told to stop."""
        self.log_ins()
        self.console.print(_("data time now runs {speed}× as fast as ours; the gateway listens on {address}; "
                             "stop with Ctrl-C").format(speed=f"{SLOW:g}", address=self.address))
        while True:
            self.services.check()
            if self.fault is not None:
                raise self.fault
            time.sleep(1.0)
