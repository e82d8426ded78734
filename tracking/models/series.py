"""One metric of one run, folded: its summary, and its points in compressed columns with a pyramid above them.

Points that count are the winning ones: of one writer's values at one step the one with the highest sequence (promise D5).
The others stay, in Superseded, for the history alone. Every key begins with the run, so these tables can be spread by it.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from tracking.limits import KEY_LENGTH, WRITER_LENGTH


class Summarised(models.Model):
    """What is known of some points together, see tracking.columns.summary. `n` and `bad` differ in width and stand below."""

    end_step = models.BigIntegerField()  # greatest step of any point, finite or not
    first_step = models.BigIntegerField(null=True)
    first = models.FloatField(null=True)
    last_step = models.BigIntegerField(null=True)
    last = models.FloatField(null=True)
    vmin = models.FloatField(null=True)
    vmin_step = models.BigIntegerField(null=True)
    vmax = models.FloatField(null=True)
    vmax_step = models.BigIntegerField(null=True)
    # The exact sum as a non-overlapping expansion (Shewchuk 1997), so that the mean does not depend on the order of folds.
    sum = ArrayField(models.FloatField())

    class Meta:
        abstract = True


class Series(Summarised):
    """The summary over all folded points. Extremes, first, last and mean are of finite values; the others count as `bad`."""

    pk = models.CompositePrimaryKey("run_id", "no")
    run = models.ForeignKey("tracking.Run", on_delete=models.CASCADE, related_name="series", db_index=False)
    no = models.IntegerField()
    key = models.CharField(max_length=KEY_LENGTH)
    n = models.BigIntegerField()
    bad = models.BigIntegerField()
    superseded = models.BigIntegerField()
    mean = models.FloatField(null=True)

    class Meta:
        # No index on any summary value: a fold's update stays in its page (HOT).
        constraints = [models.UniqueConstraint(fields=["run", "key"], name="series_once_per_run")]

    def __str__(self) -> str:
        return self.key


class Chunk(Summarised):
    """Consecutive winning points of a series, one compressed column each. No step is ever in two chunks.

    `series_no` is Series.no of the same run: there is no foreign key, the fold writes both in one transaction. Each chunk holds
    its part of the summary: what the series' summary is rebuilt from when a point is replaced.
    """

    pk = models.CompositePrimaryKey("run_id", "series_no", "start_step")
    run = models.ForeignKey(
        "tracking.Run", on_delete=models.CASCADE, related_name="chunks", db_constraint=False, db_index=False
    )
    series_no = models.IntegerField()
    start_step = models.BigIntegerField()
    n = models.IntegerField()
    bad = models.IntegerField()
    marks = models.BinaryField()  # the first of its NaN and infinities with the finite value before each
    l16 = models.BinaryField()
    l128 = models.BinaryField()
    l1024 = models.BinaryField()  # raw records, joined and read at one stroke
    body = models.BinaryField()

    def __str__(self) -> str:
        return f"{self.n} points from {self.start_step}"


class Superseded(models.Model):
    """Values that a later one of the same writer at the same step replaced: kept for the history.

    `first_…` and `last_…` are the places of its first and last point, see tracking.columns.place. No two rows of a series
    overlap, but for some that were written before rows had places.
    """

    pk = models.CompositePrimaryKey("run_id", "series_no", "no")
    run = models.ForeignKey(
        "tracking.Run", on_delete=models.CASCADE, related_name="superseded", db_constraint=False, db_index=False
    )
    series_no = models.IntegerField()
    no = models.IntegerField()
    n = models.IntegerField()
    first_step = models.BigIntegerField()
    first_writer = models.CharField(max_length=WRITER_LENGTH, db_collation="C")  # sorted as Python sorts
    first_rank = models.BigIntegerField()
    last_step = models.BigIntegerField()
    last_writer = models.CharField(max_length=WRITER_LENGTH, db_collation="C")
    last_rank = models.BigIntegerField()
    body = models.BinaryField()

    class Meta:
        indexes = [
            models.Index(fields=["run", "series_no", "first_step", "first_writer", "first_rank"], name="superseded_by_place")
        ]

    def __str__(self) -> str:
        return f"{self.n} superseded points"
