"""Passwords: changing one's own, and getting back in without it."""

import time

from allauth.account import views as allauth
from allauth.account.forms import SetPasswordForm
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from accounts.gate import public, signed_in
from accounts.limits import ENTERED_MINUTES
from accounts.views.entry import ENTERED_AT
from kit.page import page


@public("Who forgot the password cannot sign in to say so; the answer is the same for every address")
def reset(request: HttpRequest) -> HttpResponseBase:
    """Ask for a mail. Without a mail server say so and do nothing, instead of promising a mail that never comes."""
    if not settings.MAIL_CONFIGURED:
        return page(request, "account/password_reset.html", {"mail": False})
    answer: HttpResponseBase = allauth.PasswordResetView.as_view(extra_context={"mail": True})(request)
    return answer


@signed_in
def change(request: HttpRequest) -> HttpResponseBase:
    """Change the password, naming the present one; who came by a one-time link just now has proved enough already."""
    came = time.time() - request.session.get(ENTERED_AT, 0) < ENTERED_MINUTES * 60
    by_link = {"form_class": SetPasswordForm, "template_name": "account/password_set.html"} if came else {}
    answer: HttpResponseBase = allauth.PasswordChangeView.as_view(**by_link)(request)
    if request.method == "POST" and answer.status_code == 302:
        request.session.pop(ENTERED_AT, None)
    return answer
