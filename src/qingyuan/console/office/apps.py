from django.apps import AppConfig


class OfficeConfig(AppConfig):
    """Changes on their way into the office ledger."""

    name = "qingyuan.console.office"
    label = "qy_office"
