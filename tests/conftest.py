"""What every test may ask for."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def shared() -> Path:
    """Folder of standards and measured data beside the checkout; tests that need it skip by name without it."""
    path = Path(os.environ.get("QINGYUAN_SHARED", ROOT.parent / "shared"))
    if not (path / "standards").is_dir():
        pytest.skip("needs the shared data beside the checkout (or QINGYUAN_SHARED)")
    return path
