"""Forgotten passwords: by mail where the server can send any, else by asking a person."""

from allauth.account import views as allauth
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from accounts.gate import public
from kit.page import page


@public("Who forgot the password cannot sign in to say so; the answer is the same for every address")
def reset(request: HttpRequest) -> HttpResponseBase:
    """Ask for a mail. Without a mail server say so and do nothing, instead of promising a mail that never comes."""
    if not settings.MAIL_CONFIGURED:
        return page(request, "account/password_reset.html", {"mail": False})
    answer: HttpResponseBase = allauth.PasswordResetView.as_view(extra_context={"mail": True})(request)
    return answer
