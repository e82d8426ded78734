"""Values of many runs side by side, for lists that sort by them. A copy: the truth is Series and Run.config.

A row holds one metric or one setting of up to `BLOCK_RUNS` runs that are neighbours by id, as arrays in the order of the runs.
A list then reads a column of 100,000 runs in about a hundred rows. What has changed since stands in Uncopied, and readers take
it from the truth: what they answer is never behind.
"""

from django.db import models

from tracking.limits import KEY_LENGTH


class Block(models.Model):
    """`block` is the runs' ids divided by `BLOCK_RUNS`; `runs` are their ids as int64, sorted. All arrays are little-endian."""

    pk = models.CompositePrimaryKey("project_id", "key", "block")
    project = models.ForeignKey("tracking.Project", on_delete=models.CASCADE, related_name="+", db_index=False)
    key = models.CharField(max_length=KEY_LENGTH)
    block = models.BigIntegerField()
    runs = models.BinaryField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.key} of block {self.block}"


class MetricBlock(Block):
    """Readings as float64, see tracking.queries.reading; NaN where a run has none."""

    last = models.BinaryField()
    vmin = models.BinaryField()
    vmax = models.BinaryField()
    mean = models.BinaryField()


class ConfigBlock(Block):
    """Numbers as float64. What is no number is NaN there, and in `codes` (uint16) the place of its word in `words`."""

    numbers = models.BinaryField()
    words = models.TextField()  # a sorted JSON list, see tracking.columns.block
    codes = models.BinaryField()  # empty when all are numbers


class Uncopied(models.Model):
    """A run whose metrics ("metric") or settings ("config") changed after the blocks were made.

    Written in the transaction that changes them, one row a change, so that nobody waits for another; the run may be gone.
    """

    project = models.ForeignKey("tracking.Project", on_delete=models.CASCADE, related_name="+", db_index=False)
    run = models.ForeignKey("tracking.Run", on_delete=models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False)
    kind = models.CharField(max_length=6)

    class Meta:
        indexes = [models.Index(fields=["project", "kind", "run"], name="uncopied_of_project")]

    def __str__(self) -> str:
        return f"{self.kind} of run {self.run_id}"
