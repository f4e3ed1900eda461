"""Times of the field: HJ 212 texts are +08:00 without saying so; periods are named by their start or their end.

Everything is stored as UTC: microseconds since 1970 (`*_us`). China Standard Time is a fixed offset here (the zone
Asia/Shanghai had summer time). HJ 212 minute, hour and day data carry the START of the period, air bulletins name
an hour by its END; this is the one place that converts.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

CST_OFFSET_S = 28_800
SECOND_US, HOUR_US, DAY_US = 1_000_000, 3_600_000_000, 86_400_000_000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FIRST_US = (datetime(1, 1, 1, tzinfo=UTC) - EPOCH) // timedelta(microseconds=1)     # the calendar begins here


def parse_cst(text: str) -> int | None:
    """UTC microseconds of `YYYYMMDDhhmmss` or `YYYYMMDDhhmmsszzz` (+08:00); None where no such time exists.

    The first local day of year 1 does not exist either: it begins before the calendar of UTC does.
    """
    if len(text) not in (14, 17) or not (text.isascii() and text.isdigit()):
        return None
    try:
        when = datetime(int(text[:4]), int(text[4:6]), int(text[6:8]), int(text[8:10]), int(text[10:12]),
                        int(text[12:14]), int(text[14:] or 0) * 1000, UTC)
    except ValueError:
        return None
    us = micros(when) - CST_OFFSET_S * SECOND_US
    return us if us - when.hour * HOUR_US >= FIRST_US else None


def micros(when: datetime) -> int:
    """UTC microseconds of an aware datetime."""
    return (when - EPOCH) // timedelta(microseconds=1)


def moment(us: int, offset_s: int = 0) -> datetime:
    """Aware datetime at a fixed offset from UTC. Raises OverflowError outside the years 1 to 9999."""
    return (EPOCH + timedelta(microseconds=us)).astimezone(timezone(timedelta(seconds=offset_s)))


def format_cst(us: int) -> str:
    """`YYYYMMDDhhmmss` at +08:00."""
    when = moment(us, CST_OFFSET_S)
    return f"{when.year:04d}{when:%m%d%H%M%S}"


def format_cst_ms(us: int) -> str:
    """`YYYYMMDDhhmmsszzz` at +08:00 (QN)."""
    return f"{format_cst(us)}{us // 1000 % 1000:03d}"


def iso_local(us: int, offset_s: int = CST_OFFSET_S) -> str:
    """ISO 8601 local time with its offset, to the second: 2020-04-01T14:00:00+08:00."""
    return moment(us, offset_s).isoformat(timespec="seconds")


def iso_utc(us: int) -> str:
    """ISO 8601 UTC with microseconds and Z."""
    return moment(us).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def start_from_end(end_us: int, span_s: int) -> int:
    """Start of a period named by its end."""
    return end_us - span_s * SECOND_US


def hour_end_label(start_us: int, offset_s: int = CST_OFFSET_S) -> int:
    """The clock (1 to 24) by which bulletins name the hour that begins at `start_us`."""
    return (start_us + offset_s * SECOND_US) % DAY_US // HOUR_US + 1


def floor_to(us: int, span_us: int) -> int:
    """Largest multiple of a span (counted from 1970 UTC) that is not later."""
    return us // span_us * span_us


def local_day_start(us: int, offset_s: int = CST_OFFSET_S) -> int:
    """Start of the local natural day that holds an instant."""
    offset_us = offset_s * SECOND_US
    return floor_to(us + offset_us, DAY_US) - offset_us
