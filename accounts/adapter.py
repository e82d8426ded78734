"""Where sign-in differs from what allauth does by itself."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse

from accounts.limits import PAUSE_MINUTES
from accounts.models import User
from accounts.throttle import Try, begin_try, forgive


class ClosedDoorAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Nobody makes an account by themselves, failures are counted by our own throttle, mails carry our own address."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """The person with this e-mail and password, or an error that says how many tries are left.

        The same words and the same work for an address that nobody has: who has an account here is nobody's business.
        """
        tried = begin_try(email=credentials.get("email", ""), address=self.get_client_ip(request))
        if tried.left < 0:
            raise ValidationError(f"Too many tries from your network. Try again in {PAUSE_MINUTES} minutes.")
        user: User | None = super().authenticate(request, **credentials)
        if user is None:
            raise ValidationError(f"Email and password do not match. {_left(tried)}")
        forgive(tried)
        return user

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Not allauth's count: it is per e-mail, so that anybody could lock anybody out."""

    def get_reset_password_from_key_url(self, key: str) -> str:
        """The address in the mail comes from the settings, never from the Host header of whoever asked."""
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return settings.PUBLIC_URL + path.replace("UID-KEY", key)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("accounts:key-list")


def _left(tried: Try) -> str:
    if tried.left == 0:
        return f"That was the last try before a {PAUSE_MINUTES}-minute pause."
    return f"{tried.left} {'try' if tried.left == 1 else 'tries'} left before a {PAUSE_MINUTES}-minute pause."
