"""The only check. A view gets the checked object, never an id; what you may not see does not exist for you.

`@gated(Run, Permission.RUN_VIEW)` takes the words of the URL that lead to a run, fetches it among what the actor may see, and
hands it to the view. Stranger: 404. Member without the right: 403. Nobody signed in: the sign-in page, or 401 in the API.
A model takes part by `url_lookups` ({word of the URL: field path}), `in_teams(teams)` on its queryset and a `team` property.
An app that may not import the model names it: `@gated("tracking.Run", …)`. A model whose things can be deleted says so by
`deletion(teams, lookups)`: who might have seen it is told.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, wraps
from typing import Any

from django.apps import apps
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from rest_framework.exceptions import NotAuthenticated
from rest_framework.request import Request

from accounts.actor import Actor, actor_of
from accounts.models import ApiKey, User
from accounts.queries.team import teams_where
from accounts.roles import Permission, Scope, scopes_permit
from kit.prepared import Prepared
from kit.refusal import NOTHING_HERE, Deleted

View = Callable[..., HttpResponseBase]


@dataclass(frozen=True, slots=True)
class Gate:
    """What a view declares; the URL walk in tests/test_every_url_is_gated.py reads it."""

    permission: Permission | None
    model: str = ""  # "app.Model"
    public_because: str = ""


# What one must be allowed to see before a refusal may admit that the thing exists.
SIGHT: dict[str, Permission] = {
    "team": Permission.TEAM_VIEW,
    "project": Permission.PROJECT_VIEW,
    "run": Permission.RUN_VIEW,
    "report": Permission.REPORT_VIEW,
    "comment": Permission.COMMENT_VIEW,
    "member": Permission.TEAM_VIEW,
    "key": Permission.TEAM_VIEW,
}


BEYOND_ROLE = "Your role in this team does not allow this. Ask an admin of the team."
BEYOND_KEY = "This key may not do this: its scopes or its owner's role do not allow it."


def fetch(model: type[Any], permission: Permission, actor: Actor, words: dict[str, Any], only: tuple[str, ...] = ()) -> Any:
    """The object these URL words lead to, if the actor may do `permission` with it; of its fields only those named, if any are.

    Raises Http404 when the actor may not even see it, PermissionDenied when they may see but not do, Deleted when it is gone.
    """
    _no_nul(words)
    allowed = _allowed(model, permission, actor, words, only)
    if allowed is not None:
        return allowed
    lookups = {model.url_lookups[word]: value for word, value in words.items()}
    sight = SIGHT[permission.partition(".")[0]]
    if model.objects.in_teams(teams_where(actor, sight)).filter(**lookups).exists():
        raise PermissionDenied(BEYOND_ROLE if actor.key is None else BEYOND_KEY)
    if hasattr(model, "deletion"):
        for known in dict.fromkeys((permission, sight)):
            deleted = model.deletion(teams_where(actor, known), lookups)
            if deleted is not None:
                raise deleted
    raise Http404(NOTHING_HERE)


def _allowed(model: type[Any], permission: Permission, actor: Actor, words: dict[str, Any], only: tuple[str, ...]) -> Any:
    who = {"_user": actor.user.pk}
    if actor.key is not None:
        if not scopes_permit(actor.key.scopes, permission):
            return None
        who["_team"] = actor.key.team_id
    kinds = tuple((name, int if isinstance(value, int) else str) for name, value in (who | words).items())
    return _lookup(model, permission, kinds, only).first(**who, **words)  # type: ignore[arg-type]


@cache
def _lookup(
    model: type[Any], permission: Permission, kinds: tuple[tuple[str, type[str] | type[int]], ...], only: tuple[str, ...]
) -> Prepared[Any]:
    """The query of `fetch`, by the names and kinds of its values; with `_team` it is asked for a key."""

    def make(_user: int, _team: int | None = None, **words: str | int) -> QuerySet[Any]:
        key = None if _team is None else ApiKey(team_id=_team, scopes=list(Scope))
        teams = teams_where(Actor(User(pk=_user), key), permission)
        found: QuerySet[Any] = model.objects.in_teams(teams).filter(
            **{model.url_lookups[word]: value for word, value in words.items()}
        )
        return found.only(*only) if only else found

    return Prepared(make, **dict(kinds))


def _no_nul(words: dict[str, Any]) -> None:
    """PostgreSQL refuses text with NUL, so nothing has such a name, nor a part of a thing that the view itself looks up."""
    if any("\0" in str(value) for value in words.values()):
        raise Http404(NOTHING_HERE)


def gated(model: type[models.Model] | str, permission: Permission, only: tuple[str, ...] = ()) -> Callable[[View], View]:
    """Guard a view of one `model`: see the module's text. `only`: the fields it needs, where the others are costly."""
    label = model if isinstance(model, str) else model._meta.label

    def wrap(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest | Request, **words: Any) -> HttpResponseBase:
            actor = actor_of(request)
            if actor is None:
                return _turned_away(request)
            guarded_model: Any = apps.get_model(label)
            _no_nul(words)
            mine = {word: words.pop(word) for word in list(words) if word in guarded_model.url_lookups}
            try:
                found = fetch(guarded_model, permission, actor, mine, only)
            except Deleted as deleted:
                if isinstance(request, Request):
                    raise
                return render(request, "deleted.html", {"deleted": deleted}, status=deleted.status)
            return view(request, found, **words)

        guarded.gate = Gate(permission=permission, model=label)  # type: ignore[attr-defined]
        return guarded

    return wrap


def signed_in(view: View) -> View:
    """Guard a view of one's own things: any signed-in person, nobody else's objects."""

    @wraps(view)
    def guarded(request: HttpRequest | Request, **words: Any) -> HttpResponseBase:
        return _turned_away(request) if actor_of(request) is None else view(request, **words)

    guarded.gate = Gate(permission=None)  # type: ignore[attr-defined]
    return guarded


def public(because: str) -> Callable[[View], View]:
    """Declare a view that needs nobody, with the reason."""

    def wrap(view: View) -> View:
        view.gate = Gate(permission=None, public_because=because)  # type: ignore[attr-defined]
        return view

    return wrap


def _turned_away(request: HttpRequest | Request) -> HttpResponseBase:
    if isinstance(request, Request):
        raise NotAuthenticated
    htmx = getattr(request, "htmx", None)
    if htmx:
        # HTMX would follow a redirect and paste the sign-in page into the part; this header makes it leave the page.
        sign_in = redirect_to_login(htmx.current_url_abs_path or "/")
        return HttpResponse(status=401, headers={"HX-Redirect": sign_in.url})
    return redirect_to_login(request.get_full_path() if request.method in {"GET", "HEAD"} else "/")
