"""What a run said of itself besides metrics: config, summary, tags, its end. Append-only.

A run's config and state follow from the set of its updates in the order (time, writer, seq, order), so the order of arrival
does not matter (promise D5). Of names the last word stands in LastWord; this table is their history, and tells of ends.
"""

from django.db import models


class Update(models.Model):
    pk = models.CompositePrimaryKey("run_id", "writer", "seq", "order")
    run = models.ForeignKey("tracking.Run", on_delete=models.CASCADE, related_name="updates", db_index=False)
    writer = models.CharField(max_length=32)
    seq = models.BigIntegerField()
    order = models.IntegerField()  # position of the record in its batch
    time = models.BigIntegerField()  # unix milliseconds, the trainer's clock
    kind = models.CharField(max_length=16)
    data = models.JSONField()

    class Meta:
        indexes = [models.Index(fields=["run", "kind", "time"], name="update_by_kind")]

    def __str__(self) -> str:
        return f"{self.kind} of run {self.run_id}"
