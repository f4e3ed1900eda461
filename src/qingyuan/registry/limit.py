"""Permit limits of an outlet: what it may release, by which permit or clause."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Self

from qingyuan.registry.fields import Fields
from qingyuan.registry.kinds import Averaging


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit of one factor at one outlet. Values are decimal texts as the permit prints them, in `unit`."""

    id: str
    site: str
    factor: str
    averaging: Averaging
    value: str                     # may not be exceeded
    lower: str                     # may not be undercut (pH); empty: none
    unit: str
    clause: str                    # standard and clause, as `GB 31571-2015 table 2`
    permit: str                    # number of the discharge permit

    @classmethod
    def read(cls, name: str, fields: Fields) -> Self:
        """Check the fields of an entry; raises EntryError."""
        value, lower = _decimal(fields, "value"), _decimal(fields, "lower", "")
        if lower and Decimal(lower) >= Decimal(value):
            raise fields.fault("lower", "is not below the upper limit", "exchange the two, or leave the lower one out")
        clause, permit = fields.text("clause", ""), fields.text("permit", "")
        if not clause and not permit:
            raise fields.fault("clause", "is missing, and so is the permit", "say what the limit rests on")
        return cls(name, fields.text("site"), fields.text("factor"), fields.choice("averaging", Averaging), value,
                   lower, fields.text("unit", ""), clause, permit)


def _decimal(fields: Fields, field: str, default: str | None = None) -> str:
    text = fields.text(field, default)
    if not text:
        return text
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise fields.fault(field, f"{text!r} is not a number", "write it in digits, as the permit prints it")
    return text
