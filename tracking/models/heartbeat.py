"""When a run was last heard of, and how often it changed: a small row that every batch rewrites in place."""

from django.db import models
from django.utils import timezone


class Heartbeat(models.Model):
    run = models.OneToOneField("tracking.Run", on_delete=models.CASCADE, primary_key=True, related_name="heartbeat")
    seen_at = models.DateTimeField(default=timezone.now)
    revision = models.BigIntegerField(default=0)  # +1 per accepted batch or edit; pages poll it

    # No index on what changes: PostgreSQL then rewrites the row within its page (HOT).

    def __str__(self) -> str:
        return f"run {self.run_id} at revision {self.revision}"
