"""Why a row of the lake was written: closed lists, one member a cause."""

from enum import StrEnum


class Reason(StrEnum):
    """Why a figure has the version it has."""

    FIRST = "first"                    # the period closed, or its first input came
    LATE_DATA = "late-data"            # inputs came after the figure was published
    CORRECTED_DATA = "corrected-data"  # the station sent other values for the same period
    REGISTRY = "registry"              # the registry entry of the site changed
    SOFTWARE = "software"              # a rebuild under other code or rules gave another value


class Stage(StrEnum):
    """How far people have looked at a figure; it goes wherever the number goes."""

    PROVISIONAL = "provisional"
    REVIEWED = "reviewed"
    FINAL = "final"


class Unplaced(StrEnum):
    """Why an accepted telegram gave no observation (it stays in the ledger and is counted)."""

    NOT_DATA = "not-data"              # answers, notices, commands, states
    NO_TIME = "no-time"                # DataTime missing or not a time that exists
    NO_FACTOR = "no-factor"            # nothing in CP that is a factor value
    UNKNOWN_SITE = "unknown-site"      # no site had this MN at that time
