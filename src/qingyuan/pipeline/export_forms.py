"""What can be exported, and how; two closed lists that load nothing else."""

from __future__ import annotations

from enum import StrEnum


class Table(StrEnum):
    """What can be exported."""

    HOUR = "hour"
    DAY = "day"
    FIGURE = "figure"
    OBSERVATION = "observation"
    FLAG = "flag"


class Format(StrEnum):
    """How rows are written."""

    CSV = "csv"
    JSONL = "jsonl"
    PARQUET = "parquet"
    XLSX = "xlsx"
