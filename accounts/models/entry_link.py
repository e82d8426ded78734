"""A sign-in link that works once, for the first start and for locked-out people."""

from django.db import models
from django.utils import timezone


class EntryLink(models.Model):
    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="entry_links")
    digest = models.BinaryField(max_length=32, unique=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, editable=False)

    def __str__(self) -> str:
        return f"entry link of {self.user_id}"
