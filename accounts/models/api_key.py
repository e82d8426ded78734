"""A key for machines. Only its hash is kept; it can never do more than its owner may at this moment."""

import hashlib
import re
from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from accounts.limits import KEY_PREFIX_LENGTH, KEY_SECRET_LENGTH, NAME_LENGTH
from accounts.roles import Scope
from kit.uid import ALPHABET

KEY_PATTERN = re.compile(rf"lbl_(?P<prefix>[{ALPHABET}]{{{KEY_PREFIX_LENGTH}}})_[{ALPHABET}]{{{KEY_SECRET_LENGTH}}}", re.ASCII)


def digest_of(text: str) -> bytes:
    """What is kept of a key: 32 bytes of SHA-256 over its whole text."""
    return hashlib.sha256(text.encode()).digest()


class ApiKey(models.Model):
    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="api_keys")
    team = models.ForeignKey("accounts.Team", on_delete=models.CASCADE, related_name="api_keys")
    name = models.CharField(max_length=NAME_LENGTH)
    prefix = models.CharField(max_length=KEY_PREFIX_LENGTH, unique=True)
    digest = models.BinaryField(max_length=32)  # sha256 of the whole key: it is 160 random bits, so no slow hash is needed
    scopes = ArrayField(models.CharField(max_length=8, choices=Scope.choices))
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, editable=False)
    revoked_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"lbl_{self.prefix}_…"

    @property
    def may(self) -> str:
        """What its scopes allow, in words."""
        return ", ".join(Scope(scope).label.lower() for scope in self.scopes)

    def is_valid_at(self, when: datetime) -> bool:
        return self.revoked_at is None and when < self.expires_at
