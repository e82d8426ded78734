"""A key for machines. Only its hash is kept; it can never do more than its owner may at this moment."""

from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from accounts.limits import NAME_LENGTH
from accounts.roles import Scope


class ApiKey(models.Model):
    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="api_keys")
    team = models.ForeignKey("accounts.Team", on_delete=models.CASCADE, related_name="api_keys")
    name = models.CharField(max_length=NAME_LENGTH)
    prefix = models.CharField(max_length=8, unique=True)
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

    def is_valid_at(self, when: datetime) -> bool:
        return self.revoked_at is None and when < self.expires_at
