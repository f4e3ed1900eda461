"""Who may see and who may change which entry."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from qingyuan.console.accounts.scope import Scope
from qingyuan.console.accounts.verbs import Verb
from qingyuan.console.reading import NotAllowed, Reading
from qingyuan.console.registry.known import Version
from qingyuan.registry import Camera, Channel, EntryKind, Limit, Registry, Site
from qingyuan.registry.records import Record

NAMING = ("belongs", "organisations")           # fields that name organisations and parks


def seen_sites(scope: Scope) -> frozenset[str]:
    """Sites whose entries the person may see."""
    return scope.sites(Verb.READ_FIGURES) | scope.sites(Verb.EDIT_REGISTRY)


def logger_sites(scope: Scope) -> frozenset[str]:
    """Sites whose loggers the person may see: MN, edition and CRC are no business of the public."""
    return scope.sites(Verb.READ_TELEGRAMS) | scope.sites(Verb.EDIT_REGISTRY)


def seen_everywhere(scope: Scope) -> bool:
    """True if the person may see what belongs to no single site."""
    return scope.everywhere(Verb.EDIT_REGISTRY) or scope.everywhere(Verb.READ_TELEGRAMS)


def seen_names(scope: Scope, registry: Registry) -> frozenset[str] | None:
    """Ids of the organisations and parks the person may see by way of a site; None: of all."""
    if seen_everywhere(scope):
        return None
    names = {name for site in seen_sites(scope) if site in registry.sites for name in registry.sites[site].belongs}
    names |= {right.subject for right in scope.rights if right.subject}
    names |= {right.territory.removeprefix("park:") for right in scope.rights if right.territory.startswith("park:")}
    parks = {park.id for park in registry.parks.values() if set(park.organisations) & names}
    return frozenset(names | parks)


def may_see(reading: Reading, kind: EntryKind, name: str) -> bool:
    """True if the person may see an entry of the registry as known at the reading's instant."""
    scope, registry = reading.scope, reading.registry
    if kind is EntryKind.SITE:
        return name in seen_sites(scope)
    if kind is EntryKind.CHANNEL:
        return name in registry.channels and registry.channels[name].site in seen_sites(scope)
    if kind is EntryKind.LIMIT:
        return name in registry.limits and registry.limits[name].site in seen_sites(scope)
    if kind is EntryKind.PROFILE:
        return seen_everywhere(scope)
    names = seen_names(scope, registry)
    if kind is EntryKind.CAMERA:
        return name in registry.cameras and sees_camera(scope, registry.cameras[name], names)
    return names is None or name in names


def sees_camera(scope: Scope, camera: Camera, names: Collection[str] | None) -> bool:
    """True if the person may see the site at which a camera stands, or is among those who see the park (`names`: the
    organisations and parks the person may know of; None: all).
    """
    return camera.place in seen_sites(scope) or (
        camera.place not in scope.registry.sites and (names is None or camera.place in names))


def veiled(version: Version, names: Collection[str] | None) -> Version:
    """A version of an organisation or park that names no other but those the person may know of; None: all."""
    if names is None or version.entry.kind not in (EntryKind.ORGANISATION, EntryKind.PARK):
        return version
    data = {field: [name for name in value if name in names] if field in NAMING and isinstance(value, list) else value
            for field, value in version.data.items()}
    return replace(version, payload={**version.payload, "data": data})


def may_change(scope: Scope, record: Record) -> bool:
    """True if the person may write an entry with this content. What belongs to no site needs the right everywhere."""
    if isinstance(record, Site):
        return any(Verb.EDIT_REGISTRY in right.verbs and right.covers(record, scope.registry) for right in scope.rights)
    if isinstance(record, Channel | Limit):
        return record.site in scope.sites(Verb.EDIT_REGISTRY)
    if isinstance(record, Camera) and record.place in scope.registry.sites:
        return record.place in scope.sites(Verb.EDIT_REGISTRY)
    return scope.everywhere(Verb.EDIT_REGISTRY)


def demand_change(scope: Scope, *records: Record | None) -> None:
    """Raise NotAllowed unless every content may be written."""
    for record in records:
        if record is not None and not may_change(scope, record):
            raise NotAllowed(Verb.EDIT_REGISTRY, getattr(record, "id", ""))
