"""What arrived. Batch is the ledger and stays for ever, so a repetition is recognised at any later time (promise D4)."""

from django.db import models
from django.utils import timezone


class Batch(models.Model):
    pk = models.CompositePrimaryKey("run_id", "writer", "seq")
    run = models.ForeignKey("tracking.Run", on_delete=models.CASCADE, related_name="batches", db_index=False)
    writer = models.CharField(max_length=32)
    seq = models.BigIntegerField()
    received_at = models.DateTimeField(default=timezone.now)
    digest = models.BinaryField(max_length=16)  # sha256[:16] of the inflated body
    last_time = models.BigIntegerField(null=True)  # the latest record's, unix ms by the trainer's clock
    # The answer, the same for every repetition: how many points were kept, how many records refused one by one, and why.
    points = models.IntegerField()
    refused = models.IntegerField(default=0)
    rejected = models.JSONField(default=list)  # the first of the refused: [{"order", "key", "reason"}]

    def __str__(self) -> str:
        return f"batch {self.seq} of {self.writer}"


class Payload(models.Model):
    """The metric groups of a batch that are not folded yet; the fold deletes it. Its batch row guards the run's existence."""

    pk = models.CompositePrimaryKey("run_id", "writer", "seq")
    run = models.ForeignKey(
        "tracking.Run", on_delete=models.CASCADE, related_name="payloads", db_constraint=False, db_index=False
    )
    writer = models.CharField(max_length=32)
    seq = models.BigIntegerField()
    received_at = models.DateTimeField(default=timezone.now)
    points = models.IntegerField()
    codec = models.CharField(max_length=4, blank=True)  # "zstd", "gzip" or "": how `body` is packed
    body = models.BinaryField()  # wire v1, with acceptable groups only

    def __str__(self) -> str:
        return f"payload {self.seq} of {self.writer}"


class Conflict(models.Model):
    """A batch that came under a known name with other content: kept, never applied. `Run.further_conflicts` counts the rest."""

    pk = models.CompositePrimaryKey("run_id", "writer", "seq", "digest")
    run = models.ForeignKey("tracking.Run", on_delete=models.CASCADE, related_name="conflicts", db_index=False)
    writer = models.CharField(max_length=32)
    seq = models.BigIntegerField()
    digest = models.BinaryField(max_length=16)
    received_at = models.DateTimeField(default=timezone.now)
    codec = models.CharField(max_length=4, blank=True)
    body = models.BinaryField()  # as it came; empty behind the first of a run, see tracking.limits

    def __str__(self) -> str:
        return f"conflict on batch {self.seq} of {self.writer}"
