"""The fixtures for any verifier: as the script writes them, and judged by this one as their manifest says."""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import pytest

from qingyuan.evidence import verify_bundle

FIXTURES = Path(__file__).parents[1] / "fixtures"
MANIFEST = json.loads((FIXTURES / "bundles" / "manifest.json").read_text("utf-8"))


@pytest.mark.parametrize("entry", MANIFEST["bundles"], ids=lambda entry: entry["file"])
def test_the_verifier_says_what_the_manifest_says(entry: dict, capsys: pytest.CaptureFixture[str]) -> None:
    path = FIXTURES / "bundles" / entry["file"]
    result = verify_bundle.check(path.read_bytes(), entry["keys"])[-1]
    assert (result.code, result.ok) == (entry["code"], entry["exit"] == 0)
    words = [word for line in entry["keys"] for word in ("--key", line)]
    assert verify_bundle.main([str(path), *words]) == entry["exit"]
    assert capsys.readouterr().out.rstrip().endswith(entry["code"])


def test_the_fixtures_are_those_of_the_script_and_small() -> None:
    spec = importlib.util.spec_from_file_location("make_bundles", FIXTURES / "make_bundles.py")
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    made, held = script.files(), {path.name: path.read_bytes() for path in (FIXTURES / "bundles").iterdir()}
    assert made == held
    assert sum(map(len, held.values())) < 350_000


def test_the_four_exit_codes_of_the_command(tmp_path: Path) -> None:
    script = tmp_path / "check.py"
    script.write_bytes(Path(verify_bundle.__file__).read_bytes())
    for name, code in (("hour-sent.bundle", 0), ("forged-about.bundle", 1), ("none", 2), ("older-rules.bundle", 3)):
        done = subprocess.run([sys.executable, "-I", "-S", str(script), str(FIXTURES / "bundles" / name)],
                              capture_output=True, cwd=tmp_path)
        assert done.returncode == code, done.stdout
