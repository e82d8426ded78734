"""The one-time link."""

import time

from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from accounts.actions.entry import use_entry
from accounts.gate import public
from kit.page import page

ENTERED_AT = "entered_at"  # in the session: for a while after, a forgotten password can be replaced


@require_safe
@public("The link is the proof; unknown, used and expired links all get the same answer")
def enter(request: HttpRequest, token: str) -> HttpResponse:
    """Sign in by GET, because the link is printed on the operator's own terminal and must work by one press.

    What only looks (HEAD, a browser that loads ahead) must not use it up.
    """
    if request.method == "HEAD" or "prefetch" in request.headers.get("Sec-Purpose", ""):
        return HttpResponse(status=204)
    user = use_entry(token=token)
    if user is None:
        return page(request, "accounts/entry/refused.html", {}, status=404)
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    request.session[ENTERED_AT] = time.time()
    return redirect("accounts:home")
