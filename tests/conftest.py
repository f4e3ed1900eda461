"""What every test may ask for."""

import os
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))


@pytest.fixture(scope="session")
def shared() -> Path:
    """Folder of standards and measured data beside the checkout; tests that need it skip by name without it."""
    path = Path(os.environ.get("QINGYUAN_SHARED", ROOT.parent / "shared"))
    if not (path / "standards").is_dir():
        pytest.skip("needs the shared data beside the checkout (or QINGYUAN_SHARED)")
    return path


@pytest.fixture(scope="session")
def demo_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a simulated fleet of six stations over 27 hours, worked off and witnessed. Do not change it."""
    import homes

    from qingyuan.witness import Store, visit_once

    home, _ = homes.fleet(tmp_path_factory.mktemp("demo") / "home")
    homes.run(home)
    visit_once(home, Store(home.path / "witness"))
    return home.path
