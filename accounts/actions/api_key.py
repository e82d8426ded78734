"""Make and revoke API keys."""

from collections.abc import Collection
from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.actor import Actor
from accounts.limits import KEY_PREFIX_LENGTH, KEY_SECRET_LENGTH
from accounts.models import ApiKey, Team
from accounts.models.api_key import digest_of
from accounts.queries.team import may
from accounts.roles import Permission, Scope
from kit.uid import new_uid


@transaction.atomic
def create_api_key(*, by: Actor, team: Team, name: str, scopes: Collection[str], expires_at: datetime) -> tuple[ApiKey, str]:
    """A new key of the actor in `team`, and its text `lbl_<prefix>_<secret>`, which is not kept anywhere.

    Raises PermissionDenied when the actor is a key itself or not in the team, ValidationError when the key would be unusable.
    """
    if by.key is not None or not may(by, Permission.KEY_CREATE, team):
        raise PermissionDenied("Only a person of the team can make a key for it.")
    if not scopes:
        raise ValidationError("A key must be allowed something: choose at least one scope.")
    if expires_at <= timezone.now():
        raise ValidationError("The key would have expired already: choose a later day.")
    prefix = new_uid(KEY_PREFIX_LENGTH)
    text = f"lbl_{prefix}_{new_uid(KEY_SECRET_LENGTH)}"
    chosen = [scope.value for scope in Scope if scope in scopes]
    key = ApiKey(
        user=by.user, team=team, name=name, prefix=prefix, digest=digest_of(text), scopes=chosen, expires_at=expires_at
    )
    key.full_clean()
    key.save()
    return key, text


@transaction.atomic
def revoke_api_key(*, by: Actor, key: ApiKey) -> None:
    """End a key for good; its next request is refused. Revoking again keeps the first time."""
    if key.user_id != by.user.pk:
        raise PermissionDenied("Only the person who made a key can revoke it.")
    ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=timezone.now())
