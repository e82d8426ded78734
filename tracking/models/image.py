"""An image a run logged at a step; its bytes are a blob."""

from django.db import models

from tracking.limits import KEY_LENGTH


class Image(models.Model):
    pk = models.CompositePrimaryKey("run_id", "writer", "seq", "order")
    run = models.ForeignKey("tracking.Run", on_delete=models.CASCADE, related_name="images", db_index=False)
    writer = models.CharField(max_length=32)
    seq = models.BigIntegerField()
    order = models.IntegerField()
    key = models.CharField(max_length=KEY_LENGTH)
    step = models.BigIntegerField()
    time = models.BigIntegerField()  # unix milliseconds
    caption = models.CharField(max_length=1000, blank=True)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    blob = models.ForeignKey("tracking.Blob", on_delete=models.PROTECT, related_name="images")

    class Meta:
        indexes = [models.Index(fields=["run", "key", "step"], name="image_by_step")]

    def __str__(self) -> str:
        return f"{self.key} at {self.step}"
