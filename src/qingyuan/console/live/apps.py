from django.apps import AppConfig


class LiveConfig(AppConfig):
    """Map, stations, figures and their proofs."""

    name = "qingyuan.console.live"
    label = "qy_live"
