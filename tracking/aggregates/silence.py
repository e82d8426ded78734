"""Runs that fell silent are lost (promise D9), by the database's clock alone."""

from django.db import transaction
from django.db.models import F

from kit.rows import rows_of
from tracking.aggregates.state import restate
from tracking.enums import RunState
from tracking.limits import SILENT_SECONDS
from tracking.models import Heartbeat, Run

_CHANGED = """
    SELECT run.id FROM tracking_run AS run JOIN tracking_heartbeat AS beat ON beat.run_id = run.id
    WHERE (run.state = %s AND beat.seen_at < clock_timestamp() - make_interval(secs => %s))
       OR (run.state = %s AND beat.seen_at >= clock_timestamp() - make_interval(secs => %s))
"""


def lose_silent_runs() -> int:
    """Call lost what is silent, and take it back where data came in that very moment; the number of runs that changed."""
    parameters = [RunState.RUNNING.value, SILENT_SECONDS, RunState.LOST.value, SILENT_SECONDS]
    return sum(_restated(run_id) for (run_id,) in rows_of(_CHANGED, parameters))


def _restated(run_id: int) -> bool:
    with transaction.atomic():
        held = Run.everything.select_for_update(no_key=True, skip_locked=True).filter(pk=run_id).exists()
        if not held or not restate(run_id):
            return False
        Heartbeat.objects.filter(run=run_id).update(revision=F("revision") + 1)
        return True
