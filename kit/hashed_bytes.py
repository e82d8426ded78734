"""Bytes named by their own hash: never changed, stored once, shared by all who refer to them."""

import hashlib
from typing import Self

from django.db import models


class HashedBytes(models.Model):
    digest = models.CharField(primary_key=True, max_length=64)  # sha256, hex
    body = models.BinaryField()
    size = models.PositiveBigIntegerField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.digest[:12]

    @classmethod
    def keep(cls, body: bytes) -> Self:
        """The row with these bytes, stored if it is new."""
        row = cls(digest=hashlib.sha256(body).hexdigest(), body=body, size=len(body))
        cls._default_manager.bulk_create([row], ignore_conflicts=True)
        return row
