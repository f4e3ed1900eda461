"""Columns on disk: observations, flags and figures as Parquet files behind numbered manifests."""

from qingyuan.lake.durable import LakeBusy
from qingyuan.lake.manifest import BrokenManifest, File, Manifest
from qingyuan.lake.query import Question
from qingyuan.lake.reader import LakeDamaged
from qingyuan.lake.schema import FIGURE, FLAG, OBSERVATION, SPECS, UnknownTable, WrongColumns
from qingyuan.lake.store import Lake, Transaction

__all__ = [
    "FIGURE", "FLAG", "OBSERVATION", "SPECS", "BrokenManifest", "File", "Lake", "LakeBusy",
    "LakeDamaged", "Manifest", "Question", "Transaction", "UnknownTable", "WrongColumns",
]
