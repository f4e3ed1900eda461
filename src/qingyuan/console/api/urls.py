"""Addresses of the programming interface and of the page about it."""

from django.urls import path

from qingyuan.console.api import views
from qingyuan.console.api.endpoints import api

urlpatterns = [
    path("", views.reference, name="api"),
    path("tokens/", views.make_token, name="api_token"),
    path("tokens/<int:token>/revoke/", views.revoke_token, name="api_revoke"),
    path("v1/", api.urls),
]
