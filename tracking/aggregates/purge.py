"""Removing a run for ever: in steps of some thousand rows or some MB, each a transaction of its own, so that none is long.

A purge begins with a change of the run's row (`condemned_at`): batches lock that row, so those accepted before are there to be
removed and none is accepted after. Each step holds the run as a fold does and begins with what a fold reads; so a fold
either has written before the step or finds nothing. A worker may die anywhere: the run's row goes last and is what beat finds.
"""

from datetime import timedelta

from django.db import connection, transaction
from django.db.models.functions import Now

from kit.rows import rows_of
from tracking.aggregates.block import note_change
from tracking.aggregates.hold import hold
from tracking.limits import BIN_DAYS, PURGE_BYTES, PURGE_ROWS, PURGE_STEPS
from tracking.models import BinnedRun, Run, Tombstone

# What may be too much for one transaction, in the order of its removal, and the columns that make its rows large.
_PARTS = {
    "tracking_payload": ("body",),
    "tracking_chunk": ("body", "l16", "l128", "l1024"),
    "tracking_superseded": ("body",),
    "tracking_series": ("sum",),
    "tracking_conflict": ("body",),
    "tracking_update": ("data",),
    "tracking_lastword": ("value", "key"),
    "tracking_batch": ("rejected",),
}


def condemn_old() -> int:
    """Condemn what was in the bin for BIN_DAYS days by the database's clock; how many runs."""
    old = BinnedRun.objects.filter(binned_at__lt=Now() - timedelta(days=BIN_DAYS))
    return old.update(condemned_at=Now())


def purge_run(run_id: int, most: int = PURGE_STEPS) -> int:
    """Take `most` steps, or fewer when nothing is left; how many were taken. Only a condemned run is touched.

    0 also when another worker has this run.
    """
    taken = 0
    while taken < most and _step(run_id):
        taken += 1
    return taken


@transaction.atomic
def _step(run_id: int) -> bool:
    if not hold(run_id) or not Run.everything.filter(pk=run_id, condemned_at__isnull=False).exists():
        return False
    if not (any(_remove(table, columns, run_id) for table, columns in _PARTS.items()) or _remove_images(run_id)):
        _bury(run_id)
    return True


def _remove(table: str, columns: tuple[str, ...], run_id: int) -> int:
    """Remove rows of the run, at most PURGE_ROWS and about PURGE_BYTES; how many there were."""
    # A ctid is one row of a table, but of each part of a table that is spread: so the run is named for the outer DELETE too.
    size = " + ".join(f"pg_column_size({column})" for column in columns)  # as stored: nothing is unpacked for it
    sql = f"""
        DELETE FROM {table} WHERE run_id = %s AND ctid = ANY (ARRAY(
            SELECT place FROM (
                SELECT place, sum(size) OVER (ROWS UNBOUNDED PRECEDING) - size AS before
                FROM (SELECT ctid AS place, {size} AS size FROM {table} WHERE run_id = %s LIMIT %s) AS first
            ) AS counted WHERE before < %s
        ))
    """  # noqa: S608 - fixed words only
    with connection.cursor() as cursor:
        cursor.execute(sql, [run_id, run_id, PURGE_ROWS, PURGE_BYTES])
        return int(cursor.rowcount)


def _remove_images(run_id: int) -> int:
    """The same for images, with the blobs that nobody refers to any more."""
    images = """
        DELETE FROM tracking_image WHERE run_id = %s AND ctid = ANY (ARRAY(
            SELECT place FROM (
                SELECT place, sum(size) OVER (ROWS UNBOUNDED PRECEDING) - size AS before
                FROM (
                    SELECT image.ctid AS place, size FROM tracking_image AS image
                    JOIN tracking_blob AS blob ON blob.digest = image.blob_id WHERE run_id = %s LIMIT %s
                ) AS first
            ) AS counted WHERE before < %s
        )) RETURNING blob_id
    """
    digests = [digest for (digest,) in rows_of(images, [run_id, run_id, PURGE_ROWS, PURGE_BYTES])]
    if digests:
        # Who is about to refer to one holds it (kit.hashed_bytes) and is waited for; the next statement sees what came of it.
        rows_of("SELECT digest FROM tracking_blob WHERE digest = ANY(%s) ORDER BY digest FOR UPDATE", [digests])
        with connection.cursor() as cursor:
            cursor.execute(
                "DELETE FROM tracking_blob WHERE digest = ANY(%s)"
                " AND NOT EXISTS (SELECT FROM tracking_image WHERE blob_id = digest)",
                [digests],
            )
    return len(digests)


def _bury(run_id: int) -> None:
    """The run's row goes, with the little that still refers to it, and leaves a stone in its place."""
    run = Run.everything.select_for_update().get(pk=run_id)
    Tombstone.objects.create(uid=run.uid, project_id=run.project_id)
    note_change("metric", [run.pk])
    note_change("config", [run.pk])
    run.delete()
