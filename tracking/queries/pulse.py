"""What changed: one small answer per page and poll."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Count, Sum

from tracking.models import Heartbeat, Project, Run


def pulse_of(project: Project, uids: Sequence[str]) -> dict[str, Any]:
    """{"project": revision, "runs": {uid: [revision, state]}}; uids of other projects are left out.

    A run's revision grows with every batch and edit; the project's whenever any run of it does, or one is added.
    """
    sums = Heartbeat.objects.filter(run__project=project).aggregate(changes=Sum("revision"), runs=Count("pk"))
    wanted = [uid for uid in uids if "\0" not in uid]
    rows = Run.objects.filter(project=project, uid__in=wanted).values_list("uid", "heartbeat__revision", "state")
    return {
        "project": int(sums["changes"] or 0) + sums["runs"],
        "runs": {uid: [revision or 0, state] for uid, revision, state in rows},
    }
