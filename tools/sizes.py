"""Hold the file-size habit: median under 120 lines, none over 400."""

import statistics
import sys
from pathlib import Path

from files import ROOT, project_files

MEDIAN, LARGEST = 120, 400


def findings(paths: list[Path], root: Path = ROOT) -> list[str]:
    """One sentence for each file that is too long, and one for the median."""
    sizes = {str(path.relative_to(root)): len(path.read_text("utf-8").splitlines()) for path in paths}
    found = [f"{name}: {size} lines, more than {LARGEST}; split it" for name, size in sorted(sizes.items())
             if size > LARGEST]
    median = statistics.median(sizes.values()) if sizes else 0
    if median > MEDIAN:
        found.append(f"the median file has {median:g} lines, more than {MEDIAN}")
    return found


if __name__ == "__main__":
    sentences = findings(project_files(suffix=".py"))
    print("\n".join(sentences))
    sys.exit(1 if sentences else 0)
