"""Who asks: a person, or a key that acts for one."""

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from rest_framework.request import Request

from accounts.models import ApiKey, User


@dataclass(frozen=True, slots=True)
class Actor:
    """A signed-in person (`key` is None) or an API key acting for its owner."""

    user: User
    key: ApiKey | None = None


def actor_of(request: HttpRequest | Request) -> Actor | None:
    """The actor behind a request, or None when nobody is signed in."""
    user = request.user
    if not isinstance(user, User) or not user.is_active:
        return None
    key = getattr(request, "auth", None)
    return Actor(user=user, key=key if isinstance(key, ApiKey) else None)


def actor_behind(request: HttpRequest | Request) -> Actor:
    """The actor behind a request that has passed the gate."""
    actor = actor_of(request)
    if actor is None:
        raise PermissionDenied("Nobody is signed in: this view lacks its gate.")
    return actor
