"""A word a team puts on runs. Governed: one row per word, so that renaming it renames it everywhere."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.utils import timezone

from tracking.limits import TAG_LENGTH

if TYPE_CHECKING:
    from tracking.models.project import Project

COLOURS = 8  # of the palette's first tier


class TagManager(models.Manager["Tag"]):
    def called(self, project: "Project", names: Iterable[str]) -> "list[Tag]":
        """The project's tags with these names, those that are new made; safe beside another process that makes the same."""
        wanted = sorted(set(names))
        known = set(self.filter(project=project, name__in=wanted).values_list("name", flat=True))
        if new := [name for name in wanted if name not in known]:
            used = self.filter(project=project).count()
            tags = [Tag(project=project, name=name, slot=(used + i) % COLOURS + 1) for i, name in enumerate(new)]
            self.bulk_create(tags, ignore_conflicts=True)
        return list(self.filter(project=project, name__in=wanted))


class Tag(models.Model):
    project = models.ForeignKey("tracking.Project", on_delete=models.CASCADE, related_name="tags")
    name = models.CharField(max_length=TAG_LENGTH)
    slot = models.PositiveSmallIntegerField(default=0)  # colour: --run-<slot> of the palette
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[TagManager] = TagManager()

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["project", "name"], name="tag_once_per_project")]

    def __str__(self) -> str:
        return self.name
