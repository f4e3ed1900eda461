"""Addresses of log-in, log-out, password, second factor and single sign-on: those of allauth that are in use, and our
stricter ones.

There is no sign-up, no e-mail and no reset by e-mail: an administrator gives a new first password.
"""

from allauth.account import views as account
from allauth.socialaccount import views as social
from django.urls import include, path

from qingyuan.console.accounts import sso

urlpatterns = [
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("password/change/", account.password_change, name="account_change_password"),
    path("2fa/", include("allauth.mfa.urls")),
    path("sso/cancelled/", social.login_cancelled, name="socialaccount_login_cancelled"),
    path("sso/error/", social.login_error, name="socialaccount_login_error"),
    path("oidc/<str:provider_id>/login/", sso.depart, name="openid_connect_login"),
    path("oidc/<str:provider_id>/login/callback/", sso.arrive, name="openid_connect_callback"),
]
