"""Closed lists of the registry."""

from __future__ import annotations

from enum import StrEnum


class EntryKind(StrEnum):
    """What a registry entry speaks of."""

    ORGANISATION = "organisation"
    SITE = "site"
    CHANNEL = "channel"
    PROFILE = "profile"
    ADMISSION = "admission"
    REPLAY = "replay"
    SETTING = "setting"
    PARK = "park"
    GRANT = "grant"
    DELEGATION = "delegation"
    LIMIT = "limit"
    CAMERA = "camera"


class SiteKind(StrEnum):
    """Medium a site measures."""

    AIR = "air"
    WATER = "water"
    GAS = "gas"
    NOISE = "noise"
    UNKNOWN = "unknown"


class Origin(StrEnum):
    """Whether a site's numbers were measured or made up; unstated of a logger that registered itself."""

    MEASURED = "measured"
    SIMULATED = "simulated"
    UNSTATED = "unstated"


class HourSource(StrEnum):
    """Which of the two is the hour: the one the logger sends (2061) or the mean of its minute data (2051)."""

    SENT = "sent"
    MINUTES = "minutes"


class Averaging(StrEnum):
    """Over which time a limit is held to."""

    HOUR = "hour"
    DAY = "day"


class Scene(StrEnum):
    """What a camera looks at."""

    STACK = "stack"
    OUTFALL = "outfall"
    PARK = "park"
    OTHER = "other"


class CoordinateSystem(StrEnum):
    """System a coordinate is given in. GCJ-02 and BD-09 are shifted by hundreds of metres."""

    WGS84 = "WGS84"
    CGCS2000 = "CGCS2000"
    GCJ02 = "GCJ-02"
    BD09 = "BD-09"
    UNKNOWN = "unknown"


class Register(StrEnum):
    """What the gateway does with a logger that is not in the registry."""

    AUTO = "auto"
    STRICT = "strict"
