from django.apps import AppConfig


class RegistryConfig(AppConfig):
    """Sites, organisations, loggers and parks."""

    name = "qingyuan.console.registry"
    label = "qy_registry"
