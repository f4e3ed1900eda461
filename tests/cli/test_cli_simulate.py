"""`qingyuan simulate` with the province: sent, acknowledged, and its truth written."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from gateway_process import Gateway, new_home

QINGYUAN = [sys.executable, "-m", "qingyuan.cli.main", "--lang", "en"]


@pytest.mark.slow
def test_the_province_is_acknowledged_whole_and_its_truth_is_kept(tmp_path: Path) -> None:
    gateway = Gateway(new_home(tmp_path / "home").path)
    truth = tmp_path / "truth.json"
    out = subprocess.run([*QINGYUAN, "simulate", "--to", f"127.0.0.1:{gateway.port}", "--set", "province",
                          "--seed", "7", "--hours", "3", "--truth", str(truth), "--json"],
                         capture_output=True, text=True, timeout=120)
    assert out.returncode == 0, out.stderr
    assert gateway.stop() == 0
    report = json.loads(out.stdout)
    assert (report["given_up"], report["errors"]) == (0, [])
    assert report["acknowledged"] > 200
    assert "SIMULATED, not measured" in out.stderr
    told = json.loads(truth.read_text())
    assert (told["seed"], told["hours"], len(told["parks"])) == (7, 3, 2)


def test_other_sets_know_no_truth(tmp_path: Path) -> None:
    out = subprocess.run([*QINGYUAN, "simulate", "--to", "127.0.0.1:1", "--hours", "1", "--truth",
                          str(tmp_path / "truth.json")], capture_output=True, text=True, timeout=60)
    assert out.returncode == 2
    assert "add --set province" in out.stderr
