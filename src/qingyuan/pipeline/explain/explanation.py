"""`explain`: everything a published figure rests on, and the bundle that proves it to a stranger."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain, pairwise
from typing import Any

from qingyuan.evidence.bundle import build
from qingyuan.evidence.figures import canonical, figure_path, figures_root
from qingyuan.evidence.leaf import parse
from qingyuan.lake import Lake, LakeDamaged
from qingyuan.ledger import Home
from qingyuan.pipeline import rows
from qingyuan.pipeline.evaluate.context import Context
from qingyuan.pipeline.explain import beliefs
from qingyuan.pipeline.explain.leaves import Leaves
from qingyuan.pipeline.explain.proof import prove
from qingyuan.pipeline.explain.steps import Steps, points_of
from qingyuan.pipeline.feed import OFFICE, publications
from qingyuan.pipeline.figure import DAY_US, HOUR_US, Figure, FigureKey, in_order, parse_id
from qingyuan.pipeline.publication import key_of, lines
from qingyuan.pipeline.state import State
from qingyuan.quality import Flag


class NoSuchFigure(LookupError):
    """Nothing was published under that name at that time."""


@dataclass(frozen=True)
class Change:
    """One later version of a figure and what brought it."""

    before: Figure | None
    after: Figure
    new_leaves: list[tuple[str, int]]       # ledger and leaf of telegrams that entered
    gone_leaves: list[tuple[str, int]]


@dataclass
class Explanation:
    """A figure, the steps to it, the leaves it rests on, its publication, and its history."""

    figure: Figure
    steps: list[dict[str, Any]]
    tables: dict[str, Any]
    leaves: Leaves
    flags: list[Flag]
    publication: int                        # leaf of the office ledger
    publication_number: int                 # its number among `leaves`
    figure_path: dict[str, Any]
    changes: list[Change]
    not_held: list[int]                     # earlier versions of which only the root of their publication is left


def explain(home: Home, figure_id: str, as_of_us: int | None = None) -> Explanation:
    """Explain a figure as it was believed at an instant (default: now).

    Raises BadFigureId for a text of another form, NoSuchFigure when nothing was published, LakeDamaged when a version
    in the lake is not what was published.
    """
    key = parse_id(figure_id)
    lake = Lake(home.path / "lake")
    history = beliefs.versions(lake, key)
    known = [f for f in history if as_of_us is None or f.believed_from <= as_of_us]
    if not known:
        raise NoSuchFigure(f"no figure {key} has been published" + (" by then" if history else ""))
    figure = known[-1]
    leaves, registries = Leaves(home), beliefs.Registries(home)
    steps, flags = _steps(home, lake, figure, leaves, registries)
    used = leaves.used()
    placed = {f: _publication(lake, f, leaves) for f in history}
    number, path = placed[figure]
    inputs = ([used if f == figure else _inputs(home, lake, f, registries) for f in history]
              if len(history) > 1 else [])
    changes = [Change(None, history[0], [], [])]
    changes += [Change(history[n], history[n + 1], sorted(new - old), sorted(old - new))
                for n, (old, new) in enumerate(pairwise(inputs))]
    return Explanation(figure, steps.steps, steps.tables, leaves, flags, number,
                       leaves.use(OFFICE, number)[0], path, changes,
                       sorted(set(range(1, history[-1].version)) - {f.version for f in history}))


def _context(lake: Lake, registry: Any, figure: Figure) -> Context:
    return Context(State(lake), registry, figure.believed_from, registry.data_now(figure.believed_from))


def _steps(home: Home, lake: Lake, figure: Figure, leaves: Leaves,
           registries: beliefs.Registries) -> tuple[Steps, list[Flag]]:
    registry = registries.at(figure.believed_from)
    context = _context(lake, registry, figure)
    subjects = {figure.subject, *points_of(context, figure.subject, figure.start)}
    span = DAY_US if figure.key.daily else HOUR_US
    known = beliefs.gather(home, lake, subjects, figure.start, figure.start + span, figure.believed_from, registry)
    known.figures[figure.name, figure.subject, figure.start] = figure
    steps = Steps(known, leaves, context)
    steps.figure(figure)
    return steps, known.flags


def _publication(lake: Lake, figure: Figure, leaves: Leaves) -> tuple[int, dict[str, Any]]:
    """Leaf of the publication that holds the figure, and the figure's place in it. Raises LakeDamaged."""
    together = lines(in_order(f for table in rows.TABLES for f in rows.figures(
        lake.read(table, believed_us=figure.believed_from))))
    root = figures_root(together).hex()
    office = leaves.ledger(OFFICE)
    by_key = ((stored.index, parse(stored.data).payload)
              for stored in office.with_key(key_of(figure.believed_from, root)))
    for index, content in chain(by_key, publications(office)):
        if content["tick_us"] == figure.believed_from and content["figures_root"] == root:
            return index, figure_path(together, together.index(canonical(figure.row())))
    raise LakeDamaged(f"what the lake holds of {figure.key}, version {figure.version}, is not what was published; "
                      "rebuild it")


def _inputs(home: Home, lake: Lake, figure: Figure, registries: beliefs.Registries) -> set[tuple[str, int]]:
    leaves = Leaves(home)
    _steps(home, lake, figure, leaves, registries)
    return leaves.used()


def write_bundle(home: Home, explanation: Explanation) -> bytes:
    """The bundle of an explanation: checked offline by the one-file verifier. No secret is in it."""
    proof = prove(home, explanation.steps, explanation.leaves, explanation.publication)
    leaves = proof.leaves
    checkpoints = {leaves.ledger(name).origin: leaves.checkpoint(name)[0] for name in leaves.names()}
    keys = sorted({key for name in leaves.names() for key in leaves.ledger(name).vkeys} | set(home.witness_keys()))
    return build(keys=keys, checkpoints=checkpoints, leaves=leaves.proofs(), figure=explanation.figure.row(),
                 figure_path=explanation.figure_path, publication=proof.publication, steps=proof.steps)


__all__ = ["Change", "Explanation", "FigureKey", "NoSuchFigure", "explain", "write_bundle"]
