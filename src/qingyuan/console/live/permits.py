"""Limits of discharge permits as a chart or a list shows them: of one averaging time, in force at one instant."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from decimal import Decimal

from qingyuan.console.reading import Reading
from qingyuan.console.registry.known import timeline, versions
from qingyuan.registry import Averaging, EntryKind, Limit, Site, SiteKind
from qingyuan.vocabulary import units
from qingyuan.vocabulary.units import UnitMismatch


def permits(reading: Reading, sites: Collection[str], averaging: Averaging, at_us: int) -> list[Limit]:
    """Every limit of some sites of an averaging time that holds at an instant of data time, by id, as known at the
    reading's instant; in the unit in which the site's figures are published. One whose unit does not lead there is left
    out.
    """
    found = []
    for name, limit in sorted(reading.registry.limits.items()):
        site = reading.registry.sites.get(limit.site) if limit.site in sites else None
        if site is None or (holds := _holds(reading, name, at_us)) is None or holds.averaging is not averaging:
            continue
        if (read := _in_published(holds, site)) is not None:
            found.append(read)
    return found


def is_converted(site: Site, factor: str) -> bool:
    """True if a permit limits the value converted to reference oxygen (HJ 75), while the figure is the measured one:
    concentrations of a stack. The two may not be held against each other.
    """
    return site.kind is SiteKind.GAS and site.published_unit(factor) == "mg/m3"


def _holds(reading: Reading, name: str, at_us: int) -> Limit | None:
    for segment in timeline(versions(EntryKind.LIMIT, name, reading.as_of_us)):
        if ((segment.from_us is None or segment.from_us <= at_us)
                and (segment.to_us is None or at_us < segment.to_us) and segment.version):
            record = segment.version.entry.record
            return record if isinstance(record, Limit) else None
    return None


def _in_published(limit: Limit, site: Site) -> Limit | None:
    unit = site.published_unit(limit.factor)
    if not limit.unit or limit.unit == unit:
        return replace(limit, unit=unit)
    try:
        shift = units.factor10(limit.unit, unit)
    except UnitMismatch:
        return None
    return replace(limit, unit=unit, value=_shifted(limit.value, shift), lower=_shifted(limit.lower, shift))


def _shifted(text: str, shift: int) -> str:
    return format(Decimal(text).scaleb(shift), "f") if text else ""
