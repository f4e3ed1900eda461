"""An empty lake."""

from pathlib import Path

import pytest

from qingyuan.lake import Lake


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path / "lake")
