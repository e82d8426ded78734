"""Tags as a project uses them."""

from tracking.limits import TAGS_PER_RUN
from tracking.models import Project, Run, Tag


def tags_of(run: Run) -> list[Tag]:
    return list(run.tags.order_by("name")[:TAGS_PER_RUN])


def tag_names_of(project: Project, most: int = 100) -> list[str]:
    """The names a field offers for completion."""
    return list(Tag.objects.filter(project=project).order_by("name").values_list("name", flat=True)[:most])
