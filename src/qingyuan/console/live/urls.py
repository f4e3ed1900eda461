"""Addresses of map, stations, figures and proofs."""

from django.urls import path

from qingyuan.console.live import views

urlpatterns = [
    path("", views.home, name="home"),
    path("sites/", views.sites, name="sites"),
]
