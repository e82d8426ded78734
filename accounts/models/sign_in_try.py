"""A try to sign in that may have failed. Who tried whom is a digest only: people type passwords into the wrong field."""

from django.db import models
from django.utils import timezone


class SignInTry(models.Model):
    source = models.BinaryField(max_length=32)  # the network address
    pair = models.BinaryField(max_length=32)  # the network address and the e-mail together
    at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        indexes = [
            models.Index(fields=["pair", "at"], name="sign_in_try_pair"),
            models.Index(fields=["source", "at"], name="sign_in_try_source"),
            models.Index(fields=["at"], name="sign_in_try_at"),
        ]

    def __str__(self) -> str:
        return f"sign-in try at {self.at}"
