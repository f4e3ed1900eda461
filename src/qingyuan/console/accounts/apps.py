from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """People and their rights."""

    name = "qingyuan.console.accounts"
    label = "accounts"
