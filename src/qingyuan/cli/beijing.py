"""The public set "Beijing Multi-Site Air Quality" (UCI 501): what it must hold, and the form our replay reads.

The set: one CSV a station, in a zip, which the present address wraps in a second zip beside unrelated files. Columns as
listed in COLUMNS; hours of local time, concentrations in ug/m3 (CO too), NA where nothing was measured. Licence as the
source states it: CC BY 4.0. Cite: Zhang S. et al. 2017, doi:10.1098/rspa.2017.0457.
"""

from __future__ import annotations

import csv
import gzip
import io
import os
import re
import zipfile
import zlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from qingyuan.cli.errors import CliError
from qingyuan.cli.i18n import _

STATIONS = ("Aotizhongxin", "Changping", "Dingling", "Dongsi", "Guanyuan", "Gucheng", "Huairou", "Nongzhanguan",
            "Shunyi", "Tiantan", "Wanliu", "Wanshouxigong")
MEASURED = ("PM2.5", "PM10", "SO2", "NO2", "CO", "O3", "TEMP", "PRES", "DEWP", "RAIN", "wd", "WSPM")
COLUMNS = ("No", "year", "month", "day", "hour", *MEASURED, "station")
HEADER = ("station", "time", *MEASURED)
NAME = re.compile(r"PRSA_Data_([A-Za-z]+)_(\d{8})-(\d{8})\.csv")
LARGEST = 1 << 30      # bytes unpacked; the real set has 33 MB
HOUR = timedelta(hours=1)


class WrongContent(CliError):
    """What was fetched is not the set that was asked for."""

    def __init__(self, what: str) -> None:
        super().__init__(what, _("fetch it again, or give another address with --url"))


def unpack(archive: Path) -> dict[str, zipfile.Path]:
    """Station -> its file in the zip, all parts checked against their CRC; raises WrongContent."""
    try:
        return _stations(_checked(archive, archive.name), archive.name)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise WrongContent(_("{file} is damaged: {reason}").format(file=archive.name, reason=error)) from error


def _checked(source: Path | io.BytesIO, name: str) -> zipfile.ZipFile:
    if not zipfile.is_zipfile(source):
        raise WrongContent(_("{file} is no zip file").format(file=name))
    opened = zipfile.ZipFile(source)
    if sum(member.file_size for member in opened.infolist()) > LARGEST:
        raise WrongContent(_("{file} would unpack to more than {size} MB").format(file=name, size=LARGEST >> 20))
    bad = opened.testzip()
    if bad is not None:
        raise WrongContent(_("{file}: the checksum of {part} is wrong").format(file=name, part=bad))
    return opened


def _stations(opened: zipfile.ZipFile, name: str) -> dict[str, zipfile.Path]:
    found = dict(_members(opened))
    for member in [] if found else [m for m in opened.namelist() if m.lower().endswith(".zip")]:
        found |= dict(_members(_checked(io.BytesIO(opened.read(member)), member)))
    missing = sorted(set(STATIONS) - set(found))
    if missing:
        raise WrongContent(_("{file} lacks the stations {names}").format(file=name, names=", ".join(missing)))
    return {station: found[station] for station in STATIONS}


def _members(opened: zipfile.ZipFile) -> Iterator[tuple[str, zipfile.Path]]:
    for member in opened.namelist():
        match = NAME.fullmatch(member.rpartition("/")[2])
        if match:
            yield match.group(1), zipfile.Path(opened, member)


def rows(station: str, member: zipfile.Path) -> Iterator[tuple[str, ...]]:
    """Rows of one station in our form, texts as the source printed them; raises WrongContent with the line.

    Every hour of the period in the file's name must be there, in order.
    """
    match = NAME.fullmatch(member.name)
    assert match is not None
    hour, last = (datetime.strptime(text, "%Y%m%d") for text in match.groups()[1:])
    with member.open("r", encoding="utf-8", newline="") as text:
        lines = csv.DictReader(text)
        if tuple(lines.fieldnames or ()) != COLUMNS:
            raise WrongContent(_("{file}: other columns than expected: {names}").format(
                file=member.name, names=", ".join(lines.fieldnames or ())))
        for line in lines:
            if None in line.values() or [line[k] for k in ("year", "month", "day", "hour", "station")] != [
                    str(hour.year), str(hour.month), str(hour.day), str(hour.hour), station]:
                raise WrongContent(_("{file}, line {line}: {station} {hour} expected").format(
                    file=member.name, line=lines.line_num, station=station, hour=hour))
            yield station, f"{hour:%Y-%m-%d %H:%M}", *("" if line[k] == "NA" else line[k] for k in MEASURED)
            hour += HOUR
    if hour != last + 24 * HOUR:
        raise WrongContent(_("{file} ends at {hour}, before the end of its period").format(file=member.name, hour=hour))


def convert(archive: Path, target: Path) -> int:
    """Write the set in the form the replay reads; number of rows. The file is there whole or not at all."""
    count, part = 0, target.with_name(target.name + ".part")
    members = unpack(archive)
    try:
        with part.open("wb") as raw, gzip.GzipFile("", "wb", 6, raw, mtime=0) as packed, \
                io.TextIOWrapper(packed, "utf-8", newline="") as text:
            out = csv.writer(text, lineterminator="\n")
            out.writerow(HEADER)
            for station, member in members.items():
                for row in rows(station, member):
                    out.writerow(row)
                    count += 1
        os.replace(part, target)
    finally:
        part.unlink(missing_ok=True)
    return count
