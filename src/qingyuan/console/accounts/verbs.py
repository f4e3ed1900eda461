"""What may be done, and which role may do it: two closed lists and the table between them."""

from __future__ import annotations

from enum import StrEnum

from django.utils.translation import gettext_lazy as _


class Verb(StrEnum):
    """One thing a person may be allowed to do with a site, or with the system."""

    READ_FIGURES = "read-figures"          # figures, their stage and their proof
    READ_TELEGRAMS = "read-telegrams"      # observations and telegrams as they came
    READ_FLAGS = "read-flags"              # what the tests said, suspicion included
    READ_DOSSIER = "read-dossier"          # the file of an enterprise; every read is logged
    EXPORT = "export"                      # tables as files
    USE_API = "use-api"                    # programs with a token
    READ_GATEWAY = "read-gateway"          # connections, silence, rejected telegrams
    READ_LEDGERS = "read-ledgers"          # ledgers, checkpoints, witness
    ADMIT = "admit"                        # take in what an unknown logger has sent
    EDIT_REGISTRY = "edit-registry"        # sites, organisations, loggers, parks
    READ_ACCESS = "read-access"            # who has which right
    GRANT = "grant"                        # accounts and rights of others
    READ_LOG = "read-log"                  # who read which dossier

    @property
    def of_system(self) -> bool:
        """True if the verb speaks of the whole system and not of single sites."""
        return self in OF_SYSTEM


OF_SYSTEM = frozenset({Verb.READ_LEDGERS, Verb.READ_ACCESS, Verb.GRANT, Verb.READ_LOG, Verb.USE_API})


class Role(StrEnum):
    """A bundle of verbs with the name of an office."""

    DUTY_OFFICER = "duty-officer"
    REVIEWER = "reviewer"
    TRACING_ANALYST = "tracing-analyst"
    PARK_MANAGER = "park-manager"
    INSPECTOR = "inspector"
    ENTERPRISE = "enterprise"
    COUNTY_STATION = "county-station"
    AUDITOR = "auditor"
    EXPERT = "expert"
    OPERATOR = "operator"
    AGENCY = "agency"
    REGISTRAR = "registrar"
    ADMINISTRATOR = "administrator"
    PUBLIC = "public"


V = Verb
_READER = {V.READ_FIGURES, V.READ_TELEGRAMS, V.EXPORT, V.USE_API}
_OFFICIAL = _READER | {V.READ_FLAGS, V.READ_LEDGERS}
VERBS: dict[Role, frozenset[Verb]] = {role: frozenset(verbs) for role, verbs in {
    Role.DUTY_OFFICER: _OFFICIAL | {V.READ_GATEWAY, V.READ_DOSSIER, V.ADMIT},
    Role.REVIEWER: _OFFICIAL | {V.READ_DOSSIER},
    Role.TRACING_ANALYST: _OFFICIAL | {V.READ_DOSSIER},
    Role.PARK_MANAGER: _OFFICIAL,
    Role.INSPECTOR: _OFFICIAL | {V.READ_DOSSIER},
    Role.ENTERPRISE: _READER,
    Role.COUNTY_STATION: _READER | {V.READ_FLAGS},
    Role.AUDITOR: _OFFICIAL | {V.READ_GATEWAY, V.READ_DOSSIER, V.READ_ACCESS, V.READ_LOG},
    Role.EXPERT: {V.READ_FIGURES, V.READ_FLAGS, V.READ_LEDGERS},
    Role.OPERATOR: _READER | {V.READ_FLAGS, V.READ_GATEWAY},
    Role.AGENCY: {V.READ_FIGURES, V.EXPORT},
    Role.REGISTRAR: _READER | {V.READ_GATEWAY, V.ADMIT, V.EDIT_REGISTRY, V.READ_LEDGERS},
    Role.ADMINISTRATOR: {V.READ_ACCESS, V.GRANT, V.READ_LOG},
    Role.PUBLIC: {V.READ_FIGURES},
}.items()}

ROLE_WORDS = {
    Role.DUTY_OFFICER: _("duty officer"), Role.REVIEWER: _("reviewer"), Role.TRACING_ANALYST: _("tracing analyst"),
    Role.PARK_MANAGER: _("park manager"), Role.INSPECTOR: _("inspector"), Role.ENTERPRISE: _("enterprise"),
    Role.COUNTY_STATION: _("county station"), Role.AUDITOR: _("auditor"), Role.EXPERT: _("expert"),
    Role.OPERATOR: _("operator"), Role.AGENCY: _("agency"), Role.REGISTRAR: _("registrar"),
    Role.ADMINISTRATOR: _("administrator"), Role.PUBLIC: _("public"),
}
VERB_WORDS = {
    V.READ_FIGURES: _("read figures and proofs"), V.READ_TELEGRAMS: _("read telegrams"),
    V.READ_FLAGS: _("read flags"), V.READ_DOSSIER: _("read enterprise files"), V.EXPORT: _("export"),
    V.USE_API: _("use the API"), V.READ_GATEWAY: _("watch the gateway"), V.READ_LEDGERS: _("watch the ledgers"),
    V.ADMIT: _("register unknown loggers"), V.EDIT_REGISTRY: _("edit the registry"),
    V.READ_ACCESS: _("see who has which right"), V.GRANT: _("grant rights"),
    V.READ_LOG: _("see who read which file"),
}

# Separation of duties: who administers rights works with no data, who audits changes nothing.
_WRITERS = {role for role, verbs in VERBS.items() if verbs & {V.ADMIT, V.EDIT_REGISTRY}}
INCOMPATIBLE: frozenset[frozenset[Role]] = frozenset(
    {frozenset({Role.ADMINISTRATOR, role}) for role in Role if role not in (Role.ADMINISTRATOR, Role.PUBLIC)}
    | {frozenset({Role.AUDITOR, role}) for role in (*_WRITERS, Role.REVIEWER, Role.OPERATOR, Role.ENTERPRISE)}
    | {frozenset({Role.ENTERPRISE, role}) for role in (*_WRITERS, Role.REVIEWER, Role.INSPECTOR, Role.AGENCY)}
    | {frozenset({Role.INSPECTOR, Role.AGENCY}), frozenset({Role.OPERATOR, Role.REVIEWER})})


def clash(held: set[Role], wanted: Role) -> Role | None:
    """A role among `held` that one person may not hold together with `wanted`, or None."""
    return next((role for role in sorted(held) if frozenset({role, wanted}) in INCOMPATIBLE), None)
