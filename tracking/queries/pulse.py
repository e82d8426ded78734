"""What changed: one small answer per page and poll."""

from collections.abc import Sequence
from typing import Any

from kit.rows import rows_of
from tracking.enums import RunState
from tracking.models import Project, Run

NEWEST = 1_000  # runs of a project whose changes its revision tells, besides those that run


def pulse_of(project: Project, uids: Sequence[str]) -> dict[str, Any]:
    """{"project": revision, "runs": {uid: [revision, state]}}; uids of other projects are left out.

    A run's revision grows with every batch and edit. The answer is compared with what a page was made of: project_revision, and
    the revisions that stand in its frames.
    """
    wanted = [uid for uid in uids if "\0" not in uid]
    rows = Run.objects.filter(project=project, uid__in=wanted).values_list("uid", "heartbeat__revision", "state")
    return {
        "project": project_revision(project),
        "runs": {uid: [revision or 0, state] for uid, revision, state in rows},
    }


def project_revision(project: Project, newest: int = NEWEST) -> int:
    """Another number when one of its `newest` or running runs has another revision, or a run is added; it may become less.

    Runs in the bin count too: that one was put there, or taken out, is a change of it like another.

    A page reads it before all else that it shows, so that nothing falls between the page and its first poll. Its cost does not
    depend on how many runs there are: that one was added is told by the microsecond in which the newest was made.
    """
    sql = """
        SELECT coalesce((SELECT extract(epoch FROM max(created_at)) * 1000000 FROM tracking_run WHERE project_id = %s), 0)
             + coalesce(sum((SELECT revision FROM tracking_heartbeat WHERE run_id = seen.id)), 0)
        FROM (
            (SELECT id FROM tracking_run WHERE project_id = %s ORDER BY created_at DESC, id DESC LIMIT %s)
            UNION (SELECT id FROM tracking_run WHERE project_id = %s AND state = %s LIMIT %s)
        ) AS seen
    """
    asked = [project.pk, project.pk, newest, project.pk, RunState.RUNNING.value, newest]
    return int(rows_of(sql, asked)[0][0])
