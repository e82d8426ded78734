"""Tags as a project uses them."""

from collections.abc import Sequence
from typing import NamedTuple

from kit.rows import rows_of
from tracking.limits import TAGS_PER_RUN
from tracking.models import Project, Run, Tag


def tags_of(run: Run) -> list[Tag]:
    return list(run.tags.order_by("name")[:TAGS_PER_RUN])


class RowTag(NamedTuple):
    """A tag as a row shows it; `slot` is its colour."""

    name: str
    slot: int


def tags_on(run_ids: Sequence[int]) -> dict[int, tuple[RowTag, ...]]:
    """run id -> its tags by name. Rows, not models: prefetching costs more than the whole search."""
    sql = """
        SELECT run_id, name, slot FROM tracking_run_tags JOIN tracking_tag ON tracking_tag.id = tag_id
        WHERE run_id = ANY(%s::bigint[]) ORDER BY run_id, name
    """
    found: dict[int, tuple[RowTag, ...]] = {}
    for run_id, name, slot in rows_of(sql, [list(run_ids)]):
        found[run_id] = (*found.get(run_id, ()), RowTag(name, slot))
    return found


def tag_names_of(project: Project, most: int = 100) -> list[str]:
    """The names a field offers for completion."""
    return list(Tag.objects.filter(project=project).order_by("name").values_list("name", flat=True)[:most])
