"""The API knows keys only. A session cookie means nothing here, so no page of another site can make a browser call it."""

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.limits import LAST_USED_SECONDS
from accounts.models import ApiKey, User
from accounts.queries.api_key import valid_key


class KeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer lbl_…`. Every refusal reads the same, whether the key never was or is no longer."""

    def authenticate(self, request: Request) -> tuple[User, ApiKey] | None:
        words = request.headers.get("Authorization", "").split()
        if not words:
            return None
        key = valid_key(words[1], now=timezone.now()) if len(words) == 2 and words[0].lower() == "bearer" else None
        if key is None:
            raise AuthenticationFailed(
                "This API key is not valid: it may be mistyped, revoked or expired. Make a new one under /accounts/keys."
            )
        _note_use(key)
        return key.user, key

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="lablore"'


def _note_use(key: ApiKey) -> None:
    """Remember the minute of use; a key that logs all day must not rewrite its row with every batch."""
    now = timezone.now()
    due = now - timedelta(seconds=LAST_USED_SECONDS)
    if key.last_used_at is None or key.last_used_at < due:
        not_noted = Q(last_used_at=None) | Q(last_used_at__lt=due)  # of several requests at once only one writes
        ApiKey.objects.filter(not_noted, pk=key.pk).update(last_used_at=now)
