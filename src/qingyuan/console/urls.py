"""Addresses of the console."""

from django.urls import include, path

from qingyuan.console.shell import views

urlpatterns = [
    path("accounts/", include("qingyuan.console.accounts.doors")),
    path("csp/", views.csp_report, name="csp"),
    path("", include("qingyuan.console.live.urls")),
    path("", include("qingyuan.console.operations.urls")),
    path("registry/", include("qingyuan.console.registry.urls")),
    path("people/", include("qingyuan.console.accounts.urls")),
    path("api/", include("qingyuan.console.api.urls")),
]
handler400 = "qingyuan.console.shell.views.bad_request"
handler403 = "qingyuan.console.shell.views.not_allowed"
handler404 = "qingyuan.console.shell.views.not_found"
handler500 = "qingyuan.console.shell.views.broken"
