"""What a platform forgives one station, by its registration; the default forgives nothing."""

from __future__ import annotations

from dataclasses import dataclass

UNCHECKED = "none"


@dataclass(frozen=True, slots=True)
class Profile:
    """crc: variants accepted beside being right (`none`: not checked). allow: `length_in_chars`, `crc_unpadded`."""

    crc: tuple[str, ...] = ("standard",)
    allow: tuple[str, ...] = ()
    edition: str | None = None


DEFAULT = Profile()
PROFILES: dict[str, Profile] = {
    "strict": DEFAULT,
    "modbus": Profile(("standard", "modbus")),
    "modbus_swapped": Profile(("standard", "modbus_swapped")),
    "standard_swapped": Profile(("standard", "standard_swapped")),
    "lenient": Profile(("standard", "modbus", "modbus_swapped", "standard_swapped"),
                       ("length_in_chars", "crc_unpadded")),
}
