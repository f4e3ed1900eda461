"""Files of this project: what git tracks or would track, or a walk where there is no git."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NOT_OURS = {"var", "build", "dist", "out", "__pycache__"}


def project_files(root: Path = ROOT, suffix: str = "") -> list[Path]:
    """Files of the project with a suffix, sorted; nothing that is made by running it."""
    try:
        listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=root, capture_output=True,
                                check=True).stdout.decode().split("\0")
        found = [root / name for name in listed if name]
    except (OSError, subprocess.CalledProcessError):
        found = [path for path in root.rglob("*") if path.suffix not in (".mo", ".pyc")
                 and not any(_hidden(part) for part in path.relative_to(root).parts)]
    return sorted(path for path in found if path.is_file() and path.name.endswith(suffix))


def _hidden(part: str) -> bool:
    return part in NOT_OURS or (part.startswith(".") and part not in (".ci", ".gitignore"))
