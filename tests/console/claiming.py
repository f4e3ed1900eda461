"""A process of its own that gives a logger to a site as the console does: claiming.py HOME DATABASE SITE [HELD GO].

With HELD and GO it keeps its transaction open: it makes the file HELD when it has recorded, and ends when GO is there.
Prints "entered", or the sentence with which it was refused.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path


def main(home: str, database: str, site: str, held: str = "", go: str = "") -> str:
    """Claim the MN `M` for a site."""
    os.environ |= {"QINGYUAN_HOME": home, "QINGYUAN_DATABASE_URL": database,
                   "DJANGO_SETTINGS_MODULE": "qingyuan.console.settings"}
    import django

    django.setup()
    from django.db import transaction

    from qingyuan.console.registry import changing
    from qingyuan.console.registry.known import NEVER
    from qingyuan.registry import EntryError, EntryKind, payload

    entry = payload(EntryKind.SITE, site, {"name": site, "kind": "air", "origin": "measured", "mn": "M"})
    try:
        with transaction.atomic():
            changing.apply([(entry, NEVER)], None)
            if held:
                Path(held).touch()
                while not Path(go).exists():
                    time.sleep(0.02)
    except (EntryError, changing.Conflict) as error:
        return str(error)
    return "entered"


if __name__ == "__main__":
    print(main(*sys.argv[1:]))
