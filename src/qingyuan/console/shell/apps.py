from django.apps import AppConfig


class ShellConfig(AppConfig):
    """What every page has: layout, language, instant, errors."""

    name = "qingyuan.console.shell"
    label = "qy_shell"
