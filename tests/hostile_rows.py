"""Put texts made to harm into every text of the console's database: `hostile_rows.py HOME TEXT`, in its own process."""

from __future__ import annotations

import sys
from pathlib import Path


def main(home: str, text: str) -> None:
    """Overwrite names, reasons and notes; what identifies a row stays."""
    from qingyuan.console import prepare
    from qingyuan.ledger import Home

    prepare.use(Home.open(Path(home)))
    from allauth.usersessions.models import UserSession

    from qingyuan.console.accounts.models import Delegation, DossierRead, Grant, Organisation, User
    from qingyuan.console.api.models import Token
    from qingyuan.console.office.models import Outbox
    from qingyuan.console.operations.models import VerifyRun
    from qingyuan.console.registry.models import ImportDraft

    User.objects.update(full_name=text[:100])
    Organisation.objects.update(name=text, name_en=text)
    Grant.objects.update(reason=text, revoke_reason=text)
    Grant.objects.filter(holder__username__regex=r"^o[0-9a-f]{8}$").update(subject=text)        # opens nothing to them
    Delegation.objects.update(reason=text)
    Token.objects.update(name=text[:100])
    Outbox.objects.update(refused=text)
    ImportDraft.objects.update(file=text, faults=[
        {"line": 1, "field": text, "what": text, "remedy": text, "where": text, "entry": text}])
    UserSession.objects.update(user_agent=text)
    DossierRead.objects.create(reader=User.objects.first(), site=text, address=text)
    assert VerifyRun.objects.exists()


if __name__ == "__main__":
    main(*sys.argv[1:])
