"""allauth as this project wants it: nobody signs up, and a single sign-on only logs in people who have an account."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount
from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from qingyuan.console.accounts.models import User
from qingyuan.console.accounts.sso import SignOnProvider, demand_nonce


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by an administrator."""

    def pre_authenticate(self, request: Any, **credentials: Any) -> None:
        """Passwords are counted by name and address together (axes); the library would count the name alone, and a
        stranger could shut out a colleague. Codes of a second factor stay with the library's count.
        """

    def get_password_change_redirect_url(self, request: Any) -> str:
        """Where somebody comes who changed the password."""
        return reverse("me")

    def is_open_for_signup(self, request: Any) -> bool:
        """Never."""
        return False


class SingleSignOnAdapter(DefaultSocialAccountAdapter):
    """A single sign-on logs in the person whose user name is the service's `preferred_username`."""

    def is_open_for_signup(self, request: Any, sociallogin: Any) -> bool:
        """Never: an account needs grants, and those are a person's decision."""
        return False

    def get_provider(self, request: Any, provider: Any, client_id: Any = None) -> SignOnProvider:
        """The one kind of service there is, in our stricter reading."""
        return SignOnProvider(request, app=super().get_provider(request, provider, client_id).app)

    def pre_social_login(self, request: Any, sociallogin: Any) -> None:
        """Tie the service's person to the account of the same user name, if nobody else of the service is tied to it;
        send strangers back with a sentence. E-mail addresses open nothing.
        """
        demand_nonce(sociallogin)
        if sociallogin.is_existing:
            return
        name = (sociallogin.account.get_provider_account().get_user_data() or {}).get("preferred_username") or ""
        user = User.objects.filter(username=name, is_active=True).first() if name else None
        if user is None:
            messages.error(request, _("The sign-on service knows you, but there is no account with your user name. "
                                      "Ask an administrator for one."))
            raise ImmediateHttpResponse(redirect("account_login"))
        if SocialAccount.objects.filter(user=user, provider=sociallogin.account.provider).exists():
            messages.error(request, _("The account with your user name belongs to another person of the sign-on "
                                      "service. Ask an administrator for a new first password."))
            raise ImmediateHttpResponse(redirect("account_login"))
        sociallogin.connect(request, user)
