"""Bytes named by their own hash: images of runs, frames of published charts. Never changed, shared by all who refer to them."""

import hashlib

from django.db import models
from django.utils import timezone


class Blob(models.Model):
    digest = models.CharField(primary_key=True, max_length=64)  # sha256, hex
    body = models.BinaryField()
    size = models.PositiveBigIntegerField()
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    def __str__(self) -> str:
        return self.digest[:12]

    @classmethod
    def keep(cls, body: bytes) -> "Blob":
        """The blob with these bytes, stored if it is new."""
        blob = Blob(digest=hashlib.sha256(body).hexdigest(), body=body, size=len(body))
        Blob.objects.bulk_create([blob], ignore_conflicts=True)
        return blob
