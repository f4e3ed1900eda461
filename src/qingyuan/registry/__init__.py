"""Registry and ruling entries folded at an instant into plain read-only tables."""

from qingyuan.registry.access import Delegation, Grant
from qingyuan.registry.clock import DataClock
from qingyuan.registry.entries import Entry, parse, payload
from qingyuan.registry.errors import EntryError
from qingyuan.registry.fold import Folding, Registry, fold
from qingyuan.registry.force import changing
from qingyuan.registry.kinds import (
    Averaging,
    CoordinateSystem,
    EntryKind,
    HourSource,
    Origin,
    Register,
    Scene,
    SiteKind,
)
from qingyuan.registry.limit import Limit
from qingyuan.registry.records import Admission, Camera, Channel, Organisation, Park, Profile, Replay, Setting
from qingyuan.registry.site import Site
from qingyuan.registry.sound import demand_sound

__all__ = [
    "Admission", "Averaging", "Camera", "Channel", "CoordinateSystem", "DataClock", "Delegation", "Entry", "EntryError",
    "EntryKind", "Folding", "Grant", "HourSource", "Limit", "Organisation", "Origin", "Park", "Profile", "Register",
    "Registry", "Replay", "Scene", "Setting", "Site", "SiteKind", "changing", "demand_sound", "fold", "parse",
    "payload",
]
