"""`qingyuan simulate`: a fleet of loggers that sends to a gateway."""

from __future__ import annotations

import json
import time
from dataclasses import asdict, replace
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any

import typer

from qingyuan.cli.i18n import _


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("simulate", help=_("Send measured or made-up data to a gateway as a fleet of loggers"))(run)


def run(
    to: Annotated[str, typer.Option("--to", help=_("HOST:PORT of the gateway"))],
    stations: Annotated[int | None, typer.Option("--stations", min=1, help=_("Number of stations"))] = None,
    hours: Annotated[int, typer.Option("--hours", min=1, help=_("Hours of data"))] = 24,
    seed: Annotated[int, typer.Option("--seed", help=_("Seed of data, delays, faults and passwords"))] = 1,
    speed: Annotated[float | None, typer.Option("--speed", help=_("Data seconds a second; default: at once"))] = None,
    edition: Annotated[str, typer.Option("--edition", help=_("2005 or 2017"))] = "2017",
    kind: Annotated[str, typer.Option("--set", "--kind",
                                      help=_("auto, delta, beijing, simulated or province"))] = "simulated",
    data: Annotated[Path | None, typer.Option("--data", help=_("Data file"))] = None,
    faults: Annotated[str, typer.Option("--faults", help=_("FAULT=RATE,… of crc length cut password unknown repeat "
                                                           "late half glued"))] = "",
    truth: Annotated[Path | None, typer.Option("--truth", help=_("File for what the province really emits"))] = None,
    as_json: Annotated[bool, typer.Option("--json", help=_("Print JSON"))] = False,
) -> None:
    """Run a fleet; exit 1 if a telegram without a fault was not acknowledged."""
    import asyncio

    from qingyuan.gateway.simulator import Province, choose_source, data_begin_us, send_all, telegrams
    from qingyuan.gateway.simulator.faults import with_faults

    host, port = _address(to)
    source = choose_source(kind, hours=hours, seed=seed, stations=stations, file=data, edition=edition)
    source = replace(source, secret=sha256(f"simulate {seed}".encode()).digest()[:16])
    if truth is not None:
        _write_truth(truth, source.truth() if isinstance(source, Province) else None)
    begin_us, now = data_begin_us(source), time.time()
    frames = with_faults(telegrams(source, seed=seed), _rates(faults), seed)
    typer.echo(source.describe(), err=True)
    report = asyncio.run(send_all(
        host, port, frames, lambda t: now + (t.send_at_us - begin_us) / 1e6 / speed if speed else 0.0))
    if as_json:
        typer.echo(json.dumps(asdict(report)))
    else:
        typer.echo(_("{sent} telegrams sent, {acknowledged} acknowledged, {resent} sent again, {given_up} given up, "
                     "slowest answer {worst} s").format(
            sent=report.sent, acknowledged=report.acknowledged, resent=report.resent, given_up=report.given_up,
            worst=f"{report.worst_s:.3f}"))
    raise typer.Exit(1 if report.given_up else 0)


def _write_truth(file: Path, truth: dict[str, Any] | None) -> None:
    from qingyuan.cli.errors import CliError

    if truth is None:
        raise CliError(_("only the simulated province knows its truth"), _("add --set province"))
    file.write_text(json.dumps(truth, ensure_ascii=False, indent=1) + "\n", "utf-8")


def _address(text: str) -> tuple[str, int]:
    from qingyuan.cli.errors import CliError

    host, colon, port = text.rpartition(":")
    if not (colon and host and port.isdigit()):
        raise CliError(_("'{text}' is no address").format(text=text), _("write HOST:PORT, for example 127.0.0.1:9212"))
    return host, int(port)


def _rates(text: str) -> dict:
    from qingyuan.cli.errors import CliError
    from qingyuan.gateway.simulator.faults import Fault

    rates = {}
    for part in filter(None, text.split(",")):
        name, _equals, rate = part.partition("=")
        try:
            rates[Fault(name.strip())] = float(rate)
        except ValueError:
            raise CliError(_("'{part}' is no fault with a rate").format(part=part),
                           _("write for example crc=0.01,repeat=0.05")) from None
    return rates
