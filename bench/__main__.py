"""`make bench`: one command, one table, written to docs/benchmarks.md."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.table import Row, commit, markdown

PARTS = ("aqi", "codec", "ledger", "lake", "gateway", "console")


def main(names: list[str]) -> int:
    """Run the named parts (all without names)."""
    unknown = sorted(set(names) - set(PARTS))
    if unknown:
        print(f"no part {', '.join(unknown)}; there are {', '.join(PARTS)}")
        return 2
    console, rows = Console(), []
    for name in names or PARTS:
        console.print(f"measuring {name} …")
        rows += import_module(f"bench.{name}").rows()
    console.print(_table(rows))
    if not names:
        Path("docs/benchmarks.md").write_text(markdown(rows, commit()), "utf-8")
        console.print("written to docs/benchmarks.md")
    return 0


def _table(rows: list[Row]) -> Table:
    table = Table()
    for name in ("what", "ours", "unit", "beside", "theirs", "ratio", "note"):
        table.add_column(name, justify="right" if name in ("ours", "theirs", "ratio") else "left")
    for row in rows:
        table.add_row(row.what, f"{row.ours:,.4g}", row.unit, row.peer, f"{row.theirs:,.4g}" if row.theirs else "",
                      row.ratio, row.note)
    return table


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
