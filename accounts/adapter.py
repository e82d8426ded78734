"""Where sign-in differs from what allauth does by itself."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class ClosedDoorAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Nobody makes an account by themselves: an admin adds people."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
