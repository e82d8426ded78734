"""One-time entry: for the first start, and for people who cannot get in otherwise."""

import hashlib
from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from accounts.limits import ENTRY_LINK_HOURS, ENTRY_TOKEN_LENGTH
from accounts.models import EntryLink, User
from kit.uid import new_uid


def open_entry(*, user: User, hours: float = ENTRY_LINK_HOURS) -> str:
    """Path (`/accounts/enter/…`) that signs `user` in once within `hours`. Only its digest is kept.

    The operator's commands call this; whoever may run them can read the database anyway.
    """
    token = new_uid(ENTRY_TOKEN_LENGTH)
    EntryLink.objects.create(user=user, digest=_digest(token), expires_at=timezone.now() + timedelta(hours=hours))
    return reverse("accounts:enter", kwargs={"token": token})


def use_entry(*, token: str) -> User | None:
    """The person whose link this is, at its one use; None when it is unknown, used, expired, or the person is deactivated.

    One UPDATE decides, on the link's own columns alone: of parallel uses, those that waited for the row look at it again
    and find it used. (A condition on the person would become a subquery, which PostgreSQL does not look at again.)
    """
    now = timezone.now()
    digest = _digest(token)
    if EntryLink.objects.filter(digest=digest, used_at=None, expires_at__gt=now).update(used_at=now) == 0:
        return None
    return User.objects.filter(entry_links__digest=digest, is_active=True).first()


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
