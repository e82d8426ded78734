"""What arrived. Batch is the ledger and stays for ever, so a repetition is recognised at any later time (promise D4)."""

from django.db import models
from django.utils import timezone


class Batch(models.Model):
    pk = models.CompositePrimaryKey("run_id", "writer", "seq")
    run = models.ForeignKey("tracking.Run", on_delete=models.CASCADE, related_name="batches")
    writer = models.CharField(max_length=32)
    seq = models.BigIntegerField()
    received_at = models.DateTimeField(default=timezone.now)
    digest = models.BinaryField(max_length=16)  # sha256[:16] of the inflated body
    points = models.IntegerField()
    rejected = models.JSONField(default=list)  # the answer: records refused one by one, with reasons

    def __str__(self) -> str:
        return f"batch {self.seq} of {self.writer}"


class Payload(models.Model):
    """The metric groups of a batch that are not folded yet; the fold deletes it."""

    pk = models.CompositePrimaryKey("run_id", "writer", "seq")
    run = models.ForeignKey("tracking.Run", on_delete=models.CASCADE, related_name="payloads")
    writer = models.CharField(max_length=32)
    seq = models.BigIntegerField()
    received_at = models.DateTimeField(default=timezone.now)
    points = models.IntegerField()
    body = models.BinaryField()  # zstd of the accepted groups; STORAGE EXTERNAL

    def __str__(self) -> str:
        return f"payload {self.seq} of {self.writer}"


class Conflict(models.Model):
    """A batch that came under a known name with other content: kept, never applied."""

    pk = models.CompositePrimaryKey("run_id", "writer", "seq", "digest")
    run = models.ForeignKey("tracking.Run", on_delete=models.CASCADE, related_name="conflicts")
    writer = models.CharField(max_length=32)
    seq = models.BigIntegerField()
    digest = models.BinaryField(max_length=16)
    received_at = models.DateTimeField(default=timezone.now)
    body = models.BinaryField()

    def __str__(self) -> str:
        return f"conflict on batch {self.seq} of {self.writer}"
