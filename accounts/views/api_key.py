"""One's own API keys."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.actions.api_key import create_api_key, revoke_api_key
from accounts.actor import actor_behind
from accounts.forms.api_key import NewKeyForm
from accounts.gate import signed_in
from accounts.queries.api_key import keys_of
from accounts.queries.team import teams_where
from accounts.roles import SCOPE_WORDS, Permission, Scope
from kit.page import page

INITIAL = {"scopes": [Scope.LOG], "days": 90}


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def key_list(request: HttpRequest) -> HttpResponse:
    """The list, and the form for a new one.

    A new key's text is in the answer to its POST and nowhere else: a redirect would have to keep it somewhere meanwhile.
    """
    actor = actor_behind(request)
    teams = teams_where(actor, Permission.KEY_CREATE).order_by("name", "pk")
    form = NewKeyForm(request.POST if request.method == "POST" else None, teams=teams, initial=INITIAL)
    context = {
        "form": form,
        "scopes": [(scope, SCOPE_WORDS[scope]) for scope in Scope],
        "now": timezone.now(),
        "host": settings.PUBLIC_URL,
        "section": "keys",
    }
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        context["made"], context["secret"] = create_api_key(
            by=actor, team=values["team"], name=values["name"], scopes=values["scopes"], expires_at=form.expires_at
        )
        context["form"] = NewKeyForm(teams=teams, initial=INITIAL)
    context["keys"] = list(keys_of(actor.user))
    return page(request, "accounts/api_key/list.html", context, status=422 if form.errors else 200)


@require_POST
@signed_in
def key_revoke(request: HttpRequest, key: str) -> HttpResponse:
    """End one of one's own keys; somebody else's is not there."""
    actor = actor_behind(request)
    found = keys_of(actor.user).filter(prefix=key).first()
    if found is None:
        raise Http404
    revoke_api_key(by=actor, key=found)
    return redirect("accounts:key-list")
