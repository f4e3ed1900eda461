"""Who changed the registry: a pseudonym in the ledger, a name for those who may see who has which right."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from qingyuan.console.accounts.models import User
from qingyuan.console.accounts.scope import Scope
from qingyuan.console.accounts.verbs import Verb
from qingyuan.console.registry.known import Version


def names_of(scope: Scope, found: Iterable[Version]) -> dict[str, str]:
    """Pseudonym -> what is shown: the name, or the beginning of the pseudonym."""
    keys = {version.by for version in found if version.by}
    out = {key: key[:8] for key in keys}
    if keys and scope.may(Verb.READ_ACCESS):
        valid = [key for key in keys if _is_uuid(key)]
        out |= {str(user.pseudonym): str(user) for user in User.objects.filter(pseudonym__in=valid)}
    return out


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
