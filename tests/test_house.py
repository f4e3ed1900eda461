"""The house in order: floors, sizes, recipes, and nothing in any file that does not belong there."""

from __future__ import annotations

import os
import re
import stat
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tools"))
from files import project_files  # noqa: E402  (a tool, not part of the package)
from sizes import LARGEST, MEDIAN, findings  # noqa: E402  (as above)

TEXTS = (".py", ".md", ".toml", ".sh", ".csv", ".po", ".ipynb", ".lock", ".txt", ".json", "Makefile", "run")
FILES = [path for path in project_files() if path.name.endswith(TEXTS)]
THIS = Path(__file__)
PURE = ("numerics", "vocabulary", "standards", "hj212", "evidence", "quality", "assess")


def lines_with(pattern: str, paths: list[Path], *, but: tuple[str, ...] = ()) -> list[str]:
    """Places where a pattern stands, as file:line."""
    found, wanted = [], re.compile(pattern)
    for path in paths:
        if path == THIS or path.name in but:
            continue
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            if wanted.search(line):
                found.append(f"{path.relative_to(ROOT)}:{number}")
    return found


def test_imports_go_down_and_floors_0_and_1_are_pure() -> None:
    done = subprocess.run([Path(sys.executable).with_name("lint-imports"), "--no-cache"], cwd=ROOT, capture_output=True,
                          text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert re.search(r"(\d+) kept, 0 broken", done.stdout)


def test_every_room_stands_on_a_floor() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    layers = settings["tool"]["importlinter"]["contracts"][0]["layers"]
    placed = {name for layer in layers for name in re.findall(r"\w+", layer)}
    rooms = {path.parent.name for path in (ROOT / "src/qingyuan").glob("*/__init__.py")}
    assert sorted(rooms - placed) == []


def test_floors_0_and_1_have_no_clock_file_or_print() -> None:
    paths = [p for room in PURE for p in (ROOT / "src/qingyuan" / room).rglob("*.py") if p.name != "verify_bundle.py"]
    assert len(paths) > 30
    plain = [path for path in paths if "importlib.resources" not in path.read_text("utf-8")]
    clocks = r"\bdatetime\.(now|today|utcnow)\(|\btime\.(time|monotonic|sleep)\("
    files = r"(?<![\w.])(open|print|input)\(|\.(read_text|read_bytes|write_text|write_bytes)\(|\bos\.(environ|getenv)"
    assert lines_with(f"{clocks}|{files}", plain) == []


def test_files_keep_to_their_size() -> None:
    assert findings([path for path in FILES if path.suffix == ".py"]) == []


def test_the_size_check_names_what_is_too_long(tmp_path: Path) -> None:
    long = tmp_path / "long.py"
    long.write_text("\n" * (LARGEST + 1), "utf-8")
    assert findings([long], tmp_path) == [f"long.py: {LARGEST + 1} lines, more than {LARGEST}; split it",
                                          f"the median file has {LARGEST + 1} lines, more than {MEDIAN}"]


def test_files_are_found_without_git_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a.py", "src/b.py", ".venv/c.py", "var/d.py", ".ci/run", "src/__pycache__/e.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x\n", "utf-8")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert [str(p.relative_to(tmp_path)) for p in project_files(tmp_path)] == [".ci/run", "a.py", "src/b.py"]
    assert [p.name for p in project_files(tmp_path, ".py")] == ["a.py", "b.py"]


def test_no_file_holds_a_path_of_a_machine() -> None:
    assert lines_with(r"(?<![\w.~-])/(home|root|work|Users|mnt|opt)/[\w.-]+", FILES, but=("requirements.lock",)) == []


def test_no_file_names_a_package_index() -> None:
    assert lines_with(r"(?i)\b(pypi\.org|pythonhosted|index-url\s*=|extra-index|find-links|registry\.npmjs|"
                      r"mirrors?\.\w+\.(com|cn|edu))", FILES, but=("setup.sh",)) == []
    assert lines_with(r"^--|@ (https?|file):", [ROOT / "requirements.lock"]) == []


def test_every_locked_package_has_hashes() -> None:
    blocks = re.split(r"\n(?=\S)", (ROOT / "requirements.lock").read_text("utf-8").strip())
    assert len(blocks) > 50
    assert [block.split()[0] for block in blocks if "--hash=sha256:" not in block] == []


def test_nothing_is_left_for_later() -> None:
    words = "|".join(("TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK", "NotImplemented" + "Error"))
    assert lines_with(rf"\b({words})\b", FILES, but=("beijing.py", "requirements.lock")) == []


def test_no_mocks_of_our_own_parts() -> None:
    assert lines_with(r"\b(unittest\.mock|MagicMock|mocker)\b", [p for p in FILES if "tests" in p.parts]) == []


def test_test_files_have_unique_names_and_mirror_the_rooms() -> None:
    tests = [path for path in FILES if path.name.startswith("test_") and path.suffix == ".py"]
    names = [path.name for path in tests]
    assert sorted({name for name in names if names.count(name) > 1}) == []
    rooms = {path.parent.name for path in (ROOT / "src/qingyuan").glob("*/__init__.py")}
    folders = {path.relative_to(ROOT / "tests").parts[0] for path in tests if path.parent != ROOT / "tests"}
    assert sorted(folders - rooms - {"bench", "frontend"}) == []
    assert sorted(rooms - folders) == []


def test_every_exemption_from_lint_says_why() -> None:
    bare = [where for where in lines_with(r"#\s*(noqa|type:\s*ignore)", [p for p in FILES if p.suffix == ".py"])
            if not re.search(r"# noqa: [A-Z0-9, ]+\s+\(.+\)|# type: ignore\[[\w, -]+\]", _line(where))]
    assert bare == []


def _line(where: str) -> str:
    name, _, number = where.rpartition(":")
    return (ROOT / name).read_text("utf-8").splitlines()[int(number) - 1]


def test_scripts_can_be_run() -> None:
    for path in [ROOT / ".ci/run", *sorted((ROOT / "tools").glob("*.sh"))]:
        assert path.stat().st_mode & stat.S_IXUSR, path.name
        assert subprocess.run(["bash", "-n", path], check=False).returncode == 0


def test_make_lists_its_recipes() -> None:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("MAKE")}
    done = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True, env=environment)
    assert [name for name in ("setup", "demo", "test", "bench", "soak") if f"make {name} " not in done.stdout] == []


def test_dependencies_are_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = {re.split(r"[^\w.-]", line, maxsplit=1)[0].lower() for line in project["dependencies"]}
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    locked = {name.lower() for name in re.findall(r"^([\w.-]+)==", lock, re.MULTILINE)}
    assert sorted(wanted - locked) == []
