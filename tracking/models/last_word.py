"""The last word on each name of a run: a key of its config or summary, a tag, a rule for a metric.

An update that came late finds here whether a later one spoke of the same name, and needs no other. The order of updates is
(time, writer, seq, order), so these rows are a function of the set of updates (promise D5).
"""

from django.db import models

from tracking.limits import WRITER_LENGTH


class LastWord(models.Model):
    """`digest` is sha256[:16] of the key, which may be longer than an index takes.

    `room` is the size of the largest value that was ever said under the key: it only grows, so what once had to be left out
    stays out, whatever comes later and in whatever order (tracking.aggregates.last_word).
    """

    pk = models.CompositePrimaryKey("run_id", "kind", "digest")
    run = models.ForeignKey("tracking.Run", on_delete=models.CASCADE, related_name="last_words", db_index=False)
    kind = models.CharField(max_length=16)
    digest = models.BinaryField(max_length=16)
    key = models.TextField(db_collation="C")  # the order of its bytes, in every database
    value = models.JSONField()
    room = models.IntegerField()
    # Whose word it is. What a run was made with comes before all updates: time, seq and order are -1, the writer is "".
    time = models.BigIntegerField()
    writer = models.CharField(max_length=WRITER_LENGTH, db_collation="C", blank=True)
    seq = models.BigIntegerField()
    order = models.IntegerField()

    def __str__(self) -> str:
        return f"{self.kind} {self.key[:80]}"


class Extent(models.Model):
    """How much is kept of one kind. Of the keys in order those from `edge` on are left out; null while nothing is."""

    pk = models.CompositePrimaryKey("run_id", "kind")
    run = models.ForeignKey("tracking.Run", on_delete=models.CASCADE, related_name="extents", db_index=False)
    kind = models.CharField(max_length=16)
    keys = models.IntegerField(default=0)
    room = models.BigIntegerField(default=0)
    edge = models.TextField(null=True, db_collation="C")  # noqa: DJ001 - "" is a key

    def __str__(self) -> str:
        return f"{self.keys} of {self.kind}"
