"""Hold the file-size habit: median under 120 lines, none over 400."""

import statistics
import subprocess
import sys
from pathlib import Path

MEDIAN, LARGEST = 120, 400


def main() -> int:
    names = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", "*.py"],
                           capture_output=True, text=True, check=True).stdout.split()
    sizes = {n: len(Path(n).read_text("utf-8").splitlines()) for n in names if Path(n).exists()}
    long = {n: s for n, s in sizes.items() if s > LARGEST}
    median = statistics.median(sizes.values())
    for name, size in sorted(long.items()):
        print(f"{name}: {size} lines, more than {LARGEST}; split it")
    if median > MEDIAN:
        print(f"median file has {median} lines, more than {MEDIAN}")
    return 1 if long or median > MEDIAN else 0


if __name__ == "__main__":
    sys.exit(main())
