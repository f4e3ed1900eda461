"""Which data a fleet replays."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

from qingyuan.gateway.simulator import beijing, delta, synthetic
from qingyuan.gateway.simulator.places import find
from qingyuan.gateway.simulator.province import province
from qingyuan.gateway.simulator.source import Source, SourceError

STATIONS = 26            # of a simulated fleet: two in each city


class Data(StrEnum):
    """Where the numbers come from; `auto` takes measured ones where there are any."""

    AUTO = "auto"
    DELTA = "delta"
    BEIJING = "beijing"
    SIMULATED = "simulated"
    PROVINCE = "province"


PATTERNS = ((Data.DELTA, f"air/{delta.FILE}"), (Data.BEIJING, "qc/beijing12_hourly_*.csv.gz"))


def choose_source(data: str = "auto", *, days: int = 2, hours: int | None = None, seed: int = 1,
                  start_us: int | None = None, stations: int | None = None, file: Path | None = None,
                  edition: str = "2017") -> Source:
    """A source over `hours` (or `days`). `file` names the data; without it the data folders are looked through.

    Raises SourceError when measured data are asked for by name and are not there.
    """
    kind, span = Data(data), hours or days * 24
    if kind is Data.PROVINCE:
        return province(seed, start_us, span, edition)
    delta_file, beijing_file = ((file if file and kind is wanted else find(pattern)) for wanted, pattern in PATTERNS)
    if kind in (Data.AUTO, Data.DELTA) and delta_file:
        return delta.load(delta_file, hours=span, start_us=start_us, limit=stations, edition=edition)
    if kind in (Data.AUTO, Data.BEIJING) and beijing_file:
        return beijing.load(beijing_file, hours=span, start_us=start_us, limit=stations, edition=edition,
                            places=find("air/cnemc_site_list.csv"))
    if kind is not Data.AUTO and kind is not Data.SIMULATED:
        raise SourceError(f"the {kind} data are not here; give their file with --data, or use --kind simulated")
    return synthetic.load(stations=stations or STATIONS, hours=span, seed=seed, start_us=start_us, edition=edition)
