"""One metric of one run, folded: its summary, and its points in compressed columns with a pyramid above them."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from tracking.limits import KEY_LENGTH


class Series(models.Model):
    """The summary over all folded points. Extremes and mean are of finite values; NaN and infinities count as `bad`."""

    run = models.ForeignKey("tracking.Run", on_delete=models.CASCADE, related_name="series")
    key = models.CharField(max_length=KEY_LENGTH)
    n = models.BigIntegerField(default=0)
    bad = models.BigIntegerField(default=0)
    first_step = models.BigIntegerField(null=True)
    first = models.FloatField(null=True)
    last_step = models.BigIntegerField(null=True)
    last = models.FloatField(null=True)
    vmin = models.FloatField(null=True)
    vmin_step = models.BigIntegerField(null=True)
    vmax = models.FloatField(null=True)
    vmax_step = models.BigIntegerField(null=True)
    # The exact sum as a non-overlapping expansion (Shewchuk 1997), so that the mean does not depend on the order of folds.
    sum = ArrayField(models.FloatField(), default=list)
    mean = models.FloatField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "key"], name="series_once_per_run")]

    def __str__(self) -> str:
        return self.key


class Chunk(models.Model):
    """Consecutive points of a series by step, one compressed column each, with the pyramid over them."""

    pk = models.CompositePrimaryKey("series_id", "first_step", "no")
    series = models.ForeignKey("tracking.Series", on_delete=models.CASCADE, related_name="chunks")
    first_step = models.BigIntegerField()
    no = models.IntegerField()  # tells chunks apart that begin at the same step
    last_step = models.BigIntegerField()
    n = models.IntegerField()
    bad = models.IntegerField()
    vmin = models.FloatField(null=True)
    vmax = models.FloatField(null=True)
    l16 = models.BinaryField(default=b"")
    l128 = models.BinaryField(default=b"")
    l1024 = models.BinaryField(default=b"")
    body = models.BinaryField()

    def __str__(self) -> str:
        return f"{self.n} points from {self.first_step}"
