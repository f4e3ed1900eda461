"""`qingyuan doctor`: whether this machine can run the system, and what to do if not."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from qingyuan.cli.i18n import _

CONNECTIONS = 1000
SIGNS = {"ok": "[green]✓[/]", "warn": "[yellow]![/]", "fail": "[red]✗[/]"}


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("doctor", help=_("Check whether this machine can run the system; exit 1 if not"))(run)


def run(
    home: Annotated[Path | None, typer.Option("--home", help=_("Folder of the system"))] = None,
    connections: Annotated[int, typer.Option("--connections", min=1, help=_("Connections at once"))] = CONNECTIONS,
    as_json: Annotated[bool, typer.Option("--json", help=_("Print JSON"))] = False,
) -> None:
    """Run every check; nothing is changed on the machine."""
    from dataclasses import asdict

    from qingyuan.cli.checks import Level, all_checks

    findings = list(all_checks(home, connections))
    failed = [f for f in findings if f.level is Level.FAIL]
    if as_json:
        import json

        shown = {"ok": not failed, "checks": [asdict(f) for f in findings]}
        typer.echo(json.dumps(shown, ensure_ascii=False, indent=1))
    else:
        from rich.console import Console
        from rich.markup import escape
        from rich.table import Table

        table = Table(_("check"), "", _("found"), _("what to do"))
        for finding in findings:
            table.add_row(finding.check, SIGNS[finding.level], escape(finding.detail), escape(finding.remedy))
        Console().print(table)
    raise typer.Exit(1 if failed else 0)
