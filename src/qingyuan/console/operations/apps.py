from django.apps import AppConfig


class OperationsConfig(AppConfig):
    """Gateway, telegrams, ledgers and witness."""

    name = "qingyuan.console.operations"
    label = "qy_operations"
