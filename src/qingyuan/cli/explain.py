"""`qingyuan explain`: from a published figure down to its telegrams."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from qingyuan.cli.i18n import _
from qingyuan.cli.times import instant_us

if TYPE_CHECKING:
    from qingyuan.pipeline.explain import Explanation


OPERATIONS = {
    "mean": lambda: _("mean, rounded once"), "round": lambda: _("rounded"), "mda8": lambda: _("largest 8 h mean"),
    "iaqi": lambda: _("sub-index, rounded up"), "max": lambda: _("largest sub-index"), "text": lambda: _("stated"),
}


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("explain", help=_("Explain a figure down to its telegrams, and what changed since"))(run)


def run(
    figure: Annotated[str, typer.Argument(help=_("NAME/SUBJECT/START, as aqi.realtime/1151A/2020-04-01T14:00"))],
    home: Annotated[Path, typer.Option("--home", help=_("Folder of the system"))],
    as_of: Annotated[str | None, typer.Option("--as-of", help=_("As it was believed at this instant"))] = None,
    bundle: Annotated[Path | None, typer.Option("--bundle", help=_("Write the proof to this file"))] = None,
    as_json: Annotated[bool, typer.Option("--json", help=_("Print JSON"))] = False,
) -> None:
    """Explain one figure."""
    from qingyuan.ledger import Home
    from qingyuan.pipeline.explain import explain, write_bundle

    opened = Home.open(home)
    found = explain(opened, figure, instant_us(as_of) if as_of else None)
    if as_json:
        typer.echo(json.dumps(as_dict(found), ensure_ascii=False, indent=1))
    else:
        from rich.console import Console

        show(found, Console(highlight=False, width=None if sys.stdout.isatty() else 400))
    if bundle:
        bundle.write_bytes(write_bundle(opened, found))
        typer.echo(_("proof written to {file}; check it with: qingyuan evidence check {file}").format(file=bundle),
                   err=as_json)


def as_dict(found: Explanation) -> dict[str, Any]:
    """The explanation as plain data."""
    return {
        "figure": found.figure.row(), "steps": found.steps, "tables": found.tables,
        "leaves": [{"ledger": name, "leaf": index} for name, index in sorted(found.leaves.used())],
        "flags": [{"factor": f.factor, "start_us": f.start_us, "what": f.what.value, "level": int(f.level),
                   "rule": f.rule, "evidence": f.evidence} for f in found.flags],
        "publication": found.publication, "figure_path": found.figure_path,
        "changes": [{"version": c.after.version, "believed_from": c.after.believed_from, "reason": c.after.reason,
                     "before": c.before.value if c.before else None, "after": c.after.value,
                     "new_leaves": c.new_leaves, "gone_leaves": c.gone_leaves} for c in found.changes],
        "not_held": found.not_held,
    }


def show(found: Explanation, console: Any) -> None:
    """Print an explanation as a tree."""
    from rich.markup import escape
    from rich.tree import Tree

    from qingyuan.cli.labels import label
    from qingyuan.evidence.leaf import parse
    from qingyuan.numerics.time import iso_local, iso_utc
    from qingyuan.pipeline.reasons import Reason, Stage

    figure = found.figure
    head = _("[b]{figure}[/b] = [b]{value}[/b] {unit} ({stage}, {standard}, version {version}, believed since {since})")
    tree = Tree(head.format(figure=escape(str(figure.key)), value=figure.value or _("no value"), unit=figure.unit,
                            stage=label(Stage(figure.stage)), standard=figure.standard, version=figure.version,
                            since=iso_utc(figure.believed_from)))
    by_id = {step["id"]: step for step in found.steps}
    _step(tree, found, by_id, found.steps[-1], set())
    telegrams = tree.add(_("telegrams as received, secrets withheld"))
    for number in range(len(found.leaves.used()) - (found.publication is not None)):
        name, index, data = found.leaves.item(number)
        leaf = parse(data)
        text = leaf.payload.masked.decode("utf-8", "replace").strip()
        telegrams.add(escape(_("{ledger}#{leaf} received {when} from {peer}\n{text}").format(
            ledger=name, leaf=index, when=iso_utc(leaf.received_us), peer=leaf.payload.peer, text=text)))
    if found.flags:
        flags = tree.add(_("flags"))
        for flag in found.flags:
            flags.add(escape(f"{flag.site} {flag.factor} {iso_local(flag.start_us)} {label(flag.what)} "
                             f"({flag.rule}) {json.dumps(flag.evidence, ensure_ascii=False)}"))
    if found.publication is not None:
        tree.add(_("published: leaf {leaf} of ledger office, figure {index} of {count}").format(
            leaf=found.publication, index=(found.figure_path or {}).get("index"),
            count=(found.figure_path or {}).get("size")))
    for name in found.leaves.names():
        note, size = found.leaves.checkpoint(name)
        witnessed = _("witnessed") if note.count("\n— ") > 1 else _("not yet witnessed")
        text = _("ledger {name}: checkpoint of {size} leaves, signed, {witnessed}; paths of up to {count} hashes")
        tree.add(text.format(name=name, size=size, witnessed=witnessed, count=(size - 1).bit_length()))
    history = tree.add(_("what changed since it was first published"))
    for version in found.not_held:
        history.add(_("version {version}: what was published is not held any more, only its root is on record").format(
            version=version))
    for change in found.changes:
        history.add(_("version {version} at {when}: {before} → {after}, {reason}, {count} telegrams entered").format(
            version=change.after.version, when=iso_utc(change.after.believed_from),
            before=change.before.value if change.before else "–", after=change.after.value or "–",
            reason=label(Reason(change.after.reason)), count=len(change.new_leaves)))
    console.print(tree)


def _step(tree: Any, found: Explanation, by_id: dict[str, Any], step: dict[str, Any], shown: set[str]) -> None:
    from rich.markup import escape

    branch = tree.add(escape(_label(found, step)))
    if step["id"] in shown:
        return
    shown.add(step["id"])
    for inner in step.get("in", []):
        if inner is not None:
            _step(branch, found, by_id, by_id[inner], shown)


def _label(found: Explanation, step: dict[str, Any]) -> str:
    from qingyuan.cli.labels import citation, label
    from qingyuan.pipeline.explain.steps import Rule

    what = f" [{step['figure']}]" if "figure" in step else ""
    if step["op"] == "telegram":
        name, index, _data = found.leaves.item(step["leaf"])
        return _("{out} from telegram {ledger}#{leaf}: {factor}-{suffix}{what}").format(
            out=step["out"], ledger=name, leaf=index, factor=step["factor"], suffix=step["suffix"], what=what)
    more = [step["reason"]] if step.get("reason") else []
    more += [citation(step["clause"])] if "clause" in step else []
    more += [label(Rule(step["rule"]))] if "rule" in step else []
    return f"{step['out'] or '–'} = {OPERATIONS[step['op']]()}{what}{': ' if more else ''}{', '.join(more)}"
