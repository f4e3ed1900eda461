"""`qingyuan export`."""

import csv
import io
import json
import os
import threading

import pyarrow.parquet as pq
import pytest
from sample_lake import HOUR_US, T0, figure, fill, flag, observation

from qingyuan.cli.main import run
from qingyuan.lake import Lake
from qingyuan.ledger import Home


@pytest.fixture
def home(tmp_path):
    path = tmp_path / "home"
    Home.create(path)
    lake = Lake(path / "lake")
    fill(lake, "hour", [figure(), figure("B", value="9"), figure(name="hour.SO2", factor="a21026", value="3")])
    fill(lake, "hour", [figure(value="54", believed=T0 + 2 * HOUR_US + 5, version=2, detail='{"minutes":60}')])
    fill(lake, "observation", [observation(avg=530, leaf=7) | {"avg_scale": 1, "text": '{"Max":"<9"}'}])
    fill(lake, "flag", [flag(), flag(what="rate")])
    fill(lake, "flag", [flag(level=1, believed=T0 + 2 * HOUR_US)])
    return path


def export(home, out, *more):
    assert run(["export", "--home", str(home), "--out", str(out), *more]) == 0
    return out.read_bytes()


def rows(data):
    return list(csv.DictReader(io.StringIO(data.decode())))


def test_csv_has_stage_belief_and_provenance(home, tmp_path):
    first, *_ = rows(export(home, tmp_path / "x.csv", "--site", "1151A", "--factor", "PM2.5"))
    assert first == {
        "figure": "hour.PM2.5/1151A/2020-04-01T00:00", "name": "hour.PM2.5", "subject": "1151A", "factor": "a34004",
        "start": "2020-04-01T00:00:00+08:00", "span_s": "3600", "value": "54", "unit": "ug/m3",
        "stage": "provisional", "standard": "GB 3095-2012", "rules": "air@2026.1", "detail": '{"minutes":60}',
        "believed_from": "2020-04-01T02:00:00.000005+08:00", "version": "2", "reason": "first", "digest": "00"}


def test_filters_and_belief(home, tmp_path):
    out = tmp_path / "x.csv"
    assert [r["value"] for r in rows(export(home, out))] == ["54", "3", "9"]
    assert [r["value"] for r in rows(export(home, out, "--site", "1151A", "--site", "B", "--factor", "a34004"))] == [
        "54", "9"]
    assert [r["value"] for r in rows(export(home, out, "--as-of", "2020-04-01T02:00:00.000004+08:00"))] == [
        "53", "3", "9"]
    assert rows(export(home, out, "--from", "2020-04-01T01:00")) == []
    assert rows(export(home, out, "--to", "2020-04-01T00:00")) == []


def test_empty_export_still_has_its_columns(home, tmp_path):
    for table in ("day", "figure", "observation", "flag"):
        data = export(home, tmp_path / "x.csv", "--table", table, "--site", "none")
        assert data.count(b"\n") == 1
        assert b"start" in data


def test_jsonl_nests_what_is_json(home, tmp_path):
    data = export(home, tmp_path / "x", "--format", "jsonl", "--site", "1151A", "--factor", "PM2.5")
    row, = map(json.loads, data.splitlines())
    assert (row["detail"], row["version"]) == ({"minutes": 60}, 2)
    data = export(home, tmp_path / "x", "--format", "jsonl", "--table", "observation")
    observed, = map(json.loads, data.splitlines())
    assert (observed["text"], observed["avg"], observed["min"], observed["leaf"]) == ({"Max": "<9"}, "53.0", None, 7)


def test_parquet_keeps_types(home, tmp_path):
    export(home, tmp_path / "x.parquet", "--format", "parquet")
    table = pq.read_table(tmp_path / "x.parquet")
    assert (len(table), str(table.schema.field("start").type)) == (3, "timestamp[us, tz=+08:00]")
    export(home, tmp_path / "y.parquet", "--format", "parquet", "--table", "day")
    assert len(pq.read_table(tmp_path / "y.parquet")) == 0


def test_flags_that_hold(home, tmp_path):
    assert [r["what"] for r in rows(export(home, tmp_path / "x.csv", "--table", "flag"))] == ["rate"]


def test_standard_output_holds_only_rows(home, capfdbinary):
    assert run(["export", "--home", str(home), "--table", "observation"]) == 0
    shown = capfdbinary.readouterr()
    assert shown.out.splitlines()[0].startswith(b'"site","factor"')
    assert b"1 rows of observation" in shown.err


def test_failed_export_leaves_no_file(home, tmp_path, capsys):
    assert run(["export", "--home", str(home), "--factor", "PM25", "--out", str(tmp_path / "x.csv")]) == 2
    assert "no factor 'PM25'" in capsys.readouterr().err
    assert run(["export", "--home", str(tmp_path / "none"), "--out", str(tmp_path / "x.csv")]) == 2
    assert run(["export", "--home", str(home), "--as-of", "yesterday"]) == 2
    capsys.readouterr()
    for file in (home / "lake" / "hour").rglob("*.parquet"):
        file.unlink()
    assert run(["export", "--home", str(home), "--out", str(tmp_path / "x.csv")]) == 2
    assert "rebuild it" in capsys.readouterr().err
    assert [p.name for p in tmp_path.iterdir()] == ["home"]


def test_a_pipe_is_written_to_and_not_replaced(home, tmp_path):
    pipe, heard = tmp_path / "pipe", []
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: heard.append(pipe.read_bytes()), daemon=True)
    reader.start()
    assert run(["export", "--home", str(home), "--out", str(pipe)]) == 0
    reader.join(20)
    assert pipe.is_fifo()
    assert [row["value"] for row in rows(heard[0])] == ["54", "3", "9"]
