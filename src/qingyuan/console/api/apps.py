from django.apps import AppConfig


class ApiConfig(AppConfig):
    """The programming interface."""

    name = "qingyuan.console.api"
    label = "qy_api"
