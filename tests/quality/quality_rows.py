"""Hourly rows for the tests of this room."""

from qingyuan.numerics import decimals

HOUR_US = 3_600_000_000
T0 = 1_585_670_400_000_000          # 2020-04-01 00:00 +08:00
SO2, NO2, CO, O3, PM10, PM25 = "a21026", "a21004", "a21005", "a05024", "a34002", "a34004"


def hours(*texts, start=T0, marks=None):
    """One row an hour from T0; None leaves the hour out."""
    rows = []
    for i, text in enumerate(texts):
        if text is not None:
            rows.append((start + i * HOUR_US, *decimals.parse(text), marks[i] if marks else None))
    return rows
