"""`qingyuan evidence …`: verify everything, prove a leaf, check a proof, dump leaves, export hash tiles."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from qingyuan.cli.i18n import _

if TYPE_CHECKING:
    from qingyuan.ledger import Gap, Home, HomeReport, Ledger, LedgerReport, Problem

HomeOption = Annotated[Path, typer.Option("--home", help=_("Folder of the system"))]


def register(app: typer.Typer) -> None:
    """Add the verb."""
    from qingyuan.cli import evidence_export, evidence_prove

    group = typer.Typer(help=_("Verify ledgers, prove leaves, check proofs"), no_args_is_help=True)
    group.command("verify", help=_("Read everything again; name every changed byte; exit 1 if there is one"))(verify)
    group.command("prove", help=_("Write the proof of one leaf to a file, secrets withheld"))(evidence_prove.prove)
    group.command("check", help=_("Check a proof with the one-file verifier, in a process of its own"))(
        evidence_prove.check)
    group.command("verifier", help=_("Copy the one-file verifier, to be given to others"))(evidence_prove.verifier)
    group.command("dump", help=_("Print leaves, one JSON object a line, secrets withheld"))(evidence_export.dump)
    group.command("tiles", help=_("Write a ledger's hash tiles and checkpoint, for transparency-log clients"))(
        evidence_export.tiles)
    app.add_typer(group, name="evidence")


def open_ledger(home: Home, name: str) -> Ledger:
    """A ledger of a home for reading; raises CliError when there is none of that name."""
    from qingyuan.cli.errors import CliError
    from qingyuan.ledger import Ledger

    if name not in home.ledgers():
        raise CliError(_("there is no ledger {name}").format(name=name),
                       _("there are: {names}").format(names=", ".join(home.ledgers())))
    return Ledger(home.ledger_path(name))


def verify(
    home: HomeOption,
    ledger: Annotated[str | None, typer.Option("--ledger", help=_("Only this ledger"))] = None,
    as_json: Annotated[bool, typer.Option("--json", help=_("Print JSON"))] = False,
) -> None:
    """Verify every ledger of a home. Exit 1 if a byte was changed; 2 if none was but the keyring does not open.

    A copy without a keyring is verified as far as it can be, and that is said.
    """
    from qingyuan.ledger import Gap, Home, KeyringError, Unchecked, verify_home
    from qingyuan.ledger.verify import open_keyring

    opened = Home.open(home)
    if ledger is not None:
        open_ledger(opened, ledger).close()
    shut: KeyringError | None = None
    try:
        keyring, why_not = open_keyring(opened)
    except KeyringError as error:
        keyring, why_not, shut = None, Gap(Unchecked.KEYRING_SHUT, {"detail": str(error)}), error
    report = verify_home(opened, keyring, (lambda _report: None) if as_json else _show, ledger)
    if as_json:
        whole = as_dict(report)
        typer.echo(json.dumps(whole | {"ok": whole["ok"] and shut is None}, ensure_ascii=False, indent=1))
    else:
        _conclude(report, why_not)
    if shut is not None and not report.problems:
        raise shut
    raise typer.Exit(1 if report.problems else 0)


def _conclude(report: HomeReport, why_not: Gap | None) -> None:
    _tell(report.others, [*report.not_checked, *([why_not] if why_not else [])])
    if report.problems:
        typer.echo(_("problems: {count}").format(count=len(report.problems)))
    elif why_not or report.not_checked or any(one.not_checked for one in report.ledgers):
        typer.echo(_("every byte that was checked is as it was written; not all were checked"))
    else:
        typer.echo(_("every byte is as it was written"))


def as_dict(report: HomeReport) -> dict[str, object]:
    """The report as plain data."""
    return {"ok": not report.problems, "problems": [problem.payload() for problem in report.problems],
            "not_checked": [str(gap) for gap in report.not_checked],
            "ledgers": [{name: value for name, value in vars(one).items() if name != "problems"}
                        | {"not_checked": [str(gap) for gap in one.not_checked]} for one in report.ledgers]}


def _show(report: LedgerReport) -> None:
    typer.echo(_("ledger {name}: {leaves} leaves, {signed} under its checkpoint, {witnessed} witnessed").format(
        name=report.ledger, leaves=report.leaves, signed=report.signed, witnessed=report.witnessed)
        + (" " + _("(being written)") if report.live else ""))
    if report.dropped or report.kept:
        typer.echo(_("  past their retention: {dropped} leaves dropped, {kept} kept since figures rest on them").format(
            dropped=report.dropped, kept=report.kept))
    _tell(report.problems, report.not_checked)


def _tell(problems: list[Problem], gaps: list[Gap]) -> None:
    for problem in problems:
        typer.echo(_("PROBLEM {problem}").format(problem=f"{problem.where(_('leaf'), _('offset'))}: {said(problem)}"))
    for gap in gaps:
        typer.echo(_("not checked: {what}").format(what=unchecked(gap)))


def said(problem: Problem) -> str:
    """What a problem is, in the language set, with the remedy where there is one."""
    from qingyuan.ledger.finding import MADE_AGAIN, WORDS, made_again

    text = _(WORDS[problem.code]).format(**problem.facts)
    if not made_again(problem.file, problem.code):
        return text
    return _("{what}; {remedy}").format(what=text, remedy=_(MADE_AGAIN))


def unchecked(gap: Gap) -> str:
    """What was not checked, in the language set."""
    from qingyuan.ledger.finding import UNCHECKED

    return _(UNCHECKED[gap.code]).format(**gap.facts)
