"""The worker's sign of life: one row, written by a task, so it proves broker, worker and database at once."""

from django.db import models
from django.db.models.functions import Now


class WorkerHeartbeat(models.Model):
    """`beaten_at` is the database's clock; all ages are taken by the same clock."""

    name = models.CharField(max_length=100, primary_key=True)
    beaten_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"heartbeat of {self.name}"
