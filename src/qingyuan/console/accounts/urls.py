"""Addresses of people and rights."""

from django.urls import path

from qingyuan.console.accounts import views

urlpatterns = [path("me/", views.me, name="me")]
