"""Runs as a list says them. Rows, not models: fifty models with their heartbeats cost more than the search for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kit.rows import rows_of
from tracking.limits import LISTED_CONFIGS
from tracking.models import Project


@dataclass(frozen=True, slots=True)
class ListedRun:
    """What a list shows of a run, and what it is coloured by; fields have the names that they have in Run and Heartbeat."""

    pk: int
    uid: str
    name: str
    group: str
    job_type: str
    seed: int | None
    state: str
    config: dict[str, Any]
    created_at: datetime
    ended_at: datetime | None
    seen_at: datetime


def listed(project: Project, run_ids: Sequence[int]) -> list[ListedRun]:
    """These of the project's runs, in this order; those that are gone or in the bin are left out.

    Once their configs are LISTED_CONFIGS bytes together, further ones are empty.
    """
    sql = """
        SELECT id, uid, name, "group", job_type, seed, state,
               CASE WHEN sum(coalesce(room, 0)) OVER (ORDER BY id DESC) <= %s THEN config ELSE '{}' END,
               created_at, ended_at, coalesce(seen_at, created_at)
        FROM tracking_run AS run LEFT JOIN tracking_heartbeat AS heartbeat ON heartbeat.run_id = id
        LEFT JOIN tracking_extent AS extent ON extent.run_id = id AND extent.kind = 'config'
        WHERE id = ANY(%s::bigint[]) AND project_id = %s AND binned_at IS NULL
    """
    found = {row[0]: ListedRun(*row) for row in rows_of(sql, [LISTED_CONFIGS, list(run_ids), project.pk], planned=True)}
    return [found[run_id] for run_id in run_ids if run_id in found]
