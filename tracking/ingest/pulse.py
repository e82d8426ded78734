"""A sign of life without data."""

from django.db import IntegrityError, transaction
from django.db.models import F

from kit.rows import rows_of
from tracking.aggregates.state import restate
from tracking.enums import RunState
from tracking.ingest.gone import gone
from tracking.models import Heartbeat, LoggedRun, Run

_BEAT = """
    INSERT INTO tracking_heartbeat (run_id, seen_at, revision) VALUES (%s, clock_timestamp(), 0)
    ON CONFLICT (run_id) DO UPDATE SET seen_at = excluded.seen_at RETURNING 1
"""


def note_life(run: Run) -> RunState:
    """The run is heard of now, by the database's clock; a lost one comes back. Returns its state."""
    try:
        with transaction.atomic():
            state = RunState(run.state)
            if state == RunState.LOST:  # the run's row before its heartbeat, see tracking.ingest.accept
                LoggedRun.objects.select_for_update(no_key=True).filter(pk=run.pk).first()
            rows_of(_BEAT, [run.pk])
            if state == RunState.LOST and restate(run.pk):
                Heartbeat.objects.filter(run=run.pk).update(revision=F("revision") + 1)
                state = RunState(LoggedRun.objects.values_list("state", flat=True).get(pk=run.pk))
            return state
    except (IntegrityError, Run.DoesNotExist) as error:
        raise gone(run) from error
