from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """People and their rights."""

    name = "qingyuan.console.accounts"
    label = "accounts"

    def ready(self) -> None:
        """Listen to log-ins and changed passwords."""
        from qingyuan.console.accounts import signals  # noqa: F401 (imported for what it connects)
