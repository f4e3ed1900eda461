"""Standards as tables and look-ups, each row with clause and dates in force."""

from qingyuan.standards.settings import DEFAULTS, AirSettings, BadSetting
from qingyuan.standards.tables import RULES_VERSION, TABLES, Limit, LimitNotDefined, NotInTable, Tables, Validity, load

__all__ = ["DEFAULTS", "RULES_VERSION", "TABLES", "AirSettings", "BadSetting", "Limit", "LimitNotDefined",
           "NotInTable", "Tables", "Validity", "load"]
