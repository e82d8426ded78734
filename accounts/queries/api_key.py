"""Which key a header speaks of."""

import hmac
from datetime import datetime

from django.db.models import F, QuerySet

from accounts.models import ApiKey, User
from accounts.models.api_key import KEY_PATTERN, digest_of
from kit.prepared import Prepared


def _living(prefix: str) -> QuerySet[ApiKey]:
    of_members = ApiKey.objects.filter(prefix=prefix, team__memberships__user=F("user"), user__is_active=True)
    return of_members.select_related("user", "team")


_LIVING = Prepared(_living, prefix=str)


def valid_key(text: str, *, now: datetime) -> ApiKey | None:
    """The key with this text, with `user` and `team` loaded; None when it is unknown or may not be used at `now`.

    A key dies with its revocation, its expiry, its owner's deactivation and its owner's place in the team.
    """
    named = KEY_PATTERN.fullmatch(text)
    if named is None:
        return None
    key = _LIVING.first(prefix=named["prefix"])
    # The digest is compared also when there is no key, and in constant time: nothing is learnt from how long it took.
    right = hmac.compare_digest(digest_of(text), bytes(key.digest) if key else bytes(32))
    return key if key is not None and right and key.is_valid_at(now) else None


def keys_of(user: User) -> QuerySet[ApiKey]:
    """The keys a person has made, newest first, with their teams; revoked ones too, so that their use can be looked up."""
    return ApiKey.objects.filter(user=user).select_related("team")
