"""A word a team puts on runs. Governed: one row per word, so that renaming it renames it everywhere."""

from django.db import models
from django.utils import timezone

from tracking.limits import TAG_LENGTH


class Tag(models.Model):
    project = models.ForeignKey("tracking.Project", on_delete=models.CASCADE, related_name="tags")
    name = models.CharField(max_length=TAG_LENGTH)
    slot = models.PositiveSmallIntegerField(default=0)  # colour: --run-<slot> of the palette
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["project", "name"], name="tag_once_per_project")]

    def __str__(self) -> str:
        return self.name
