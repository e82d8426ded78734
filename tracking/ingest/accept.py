"""Taking a batch: once, whole or not at all, under its name (run, writer, seq) for ever (promises D3, D4).

One transaction writes the ledger row, the points that wait for the fold, updates, images, and the heartbeat. What is answered
with 2xx is committed: never call this inside a transaction of your own.
"""

import re
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from psycopg.types.json import Jsonb

from kit.rows import rows_of
from tracking.aggregates.state import apply_updates, restate
from tracking.enums import RunState
from tracking.errors import Backlogged, BatchConflict, BrokenBatch
from tracking.ingest.gone import gone
from tracking.ingest.pressure import pressure
from tracking.ingest.pulse import note_life
from tracking.ingest.wire import Known, ReadBatch, read_batch
from tracking.limits import BATCH_SEQ, CONFLICTS_KEPT, CONFLICTS_WHOLE, RUN_KEYS, WAITING_BATCH, WRITER_LENGTH
from tracking.models import Batch, Blob, Conflict, Image, LoggedRun, Run, Update

_WRITER = re.compile(rf"[0-9a-z]{{1,{WRITER_LENGTH}}}")


@dataclass(frozen=True, slots=True)
class Answer:
    """What the sender is told, the same for every repetition. `refused` counts what `rejected` begins to list."""

    points: int
    refused: int
    rejected: list[dict[str, Any]]
    is_new: bool


def accept_batch(run: Run, writer: str, seq: int, *, codec: str, body: bytes, is_json: bool = False) -> Answer:
    """Keep a batch of a run. `body` as it came, packed by `codec` ("gzip", "zstd" or ""); MessagePack, or rows in JSON.

    Raises a Refusal when it cannot be taken; BatchConflict when the name is taken by other content, which is then kept aside;
    Backlogged when too much waits: before the batch costs us anything, and again when we know how much it brings.
    """
    if _WRITER.fullmatch(writer) is None:
        raise BrokenBatch(f"A writer is 1 to {WRITER_LENGTH} of 0-9 and a-z.", writer=writer[:WRITER_LENGTH])
    if not 0 <= seq < BATCH_SEQ:
        raise BrokenBatch(f"The sequence of a batch is a whole number from 0, below {BATCH_SEQ}.")
    _make_way(run)
    batch = read_batch(body, codec, is_json=is_json, known=_known_of(run) if run.metric_count >= RUN_KEYS else None)
    if batch.points:
        _make_way(run, WAITING_BATCH + batch.points)
    try:
        if _keep(run, writer, seq, batch):
            return Answer(batch.points, batch.rejections.total, batch.rejections.told, is_new=True)
    except IntegrityError as error:
        if LoggedRun.objects.filter(pk=run.pk).exists():
            raise
        raise gone(run) from error
    return _earlier(run, writer, seq, batch.digest, codec, body)


def _known_of(run: Run) -> Known:
    """Which of some names the run has as metrics: for one that may have no further ones."""
    sql = "SELECT key FROM tracking_series WHERE run_id = %s AND key = ANY(%s::text[])"
    return lambda keys: {key for (key,) in rows_of(sql, [run.pk, list(keys)])}


def _make_way(run: Run, weight: int = 0) -> None:
    """A run that must wait is alive nonetheless: its SDK sends no heartbeat while it has batches to send."""
    try:
        pressure.make_way(run.pk, weight)
    except Backlogged:
        note_life(run)
        raise


def _keep(run: Run, writer: str, seq: int, batch: ReadBatch) -> bool:
    """False when the name is known. Points alone for a run that runs need one statement, which is a transaction by itself."""
    if not _changes_run(run, batch) and (is_new := _insert(run.pk, writer, seq, batch, RunState.RUNNING)) is not None:
        return is_new
    with transaction.atomic():
        run = _locked(run)
        is_new = bool(_insert(run.pk, writer, seq, batch, run.state))
        if is_new:
            _apply(run, writer, seq, batch)
        return is_new


def _changes_run(run: Run, batch: ReadBatch) -> bool:
    return bool(batch.updates or batch.images or batch.rejections.total) or run.state != RunState.RUNNING


def _locked(run: Run) -> Run:
    """The run as it is now, its row locked: before its heartbeat, as by everybody who takes both. Its documents stay there."""
    locked = LoggedRun.objects.select_for_update(no_key=True).defer("first_config", "config", "summary", "notes")
    found = locked.filter(pk=run.pk).first()
    if found is None:
        raise gone(run)
    return found


def _insert(run_id: int, writer: str, seq: int, batch: ReadBatch, state: str) -> bool | None:
    """Heartbeat, ledger and waiting points in one statement; False when the name is known, None when the run is not in `state`.

    The row is locked for it: an end that another writer is saying this moment is waited for, and what it makes of the run is
    what is compared, so no batch slips in behind an end that has not counted it (promise D5), nor behind a purge begun.
    """
    sql = """
        WITH run AS (
            SELECT id FROM tracking_run WHERE id = %s AND state = %s AND condemned_at IS NULL FOR SHARE
        ), beat AS (
            INSERT INTO tracking_heartbeat (run_id, seen_at, revision) SELECT id, clock_timestamp(), 1 FROM run
            ON CONFLICT (run_id) DO UPDATE SET seen_at = excluded.seen_at, revision = tracking_heartbeat.revision + 1
        ), ledger AS (
            INSERT INTO tracking_batch (run_id, writer, seq, received_at, digest, last_time, points, refused, rejected)
            SELECT id, %s, %s, clock_timestamp(), %s, %s, %s, %s, %s FROM run
            ON CONFLICT DO NOTHING RETURNING run_id, writer, seq, received_at, points
        ), kept AS (
            INSERT INTO tracking_payload (run_id, writer, seq, received_at, points, codec, body)
            SELECT run_id, writer, seq, received_at, points, %s, %s FROM ledger WHERE points > 0
        )
        SELECT (SELECT count(*) FROM run), (SELECT count(*) FROM ledger)
    """
    rejections = batch.rejections
    answer = [batch.digest, batch.last_time, batch.points, rejections.total, Jsonb(rejections.told)]
    found, inserted = rows_of(sql, [run_id, state, writer, seq, *answer, batch.codec, batch.body], planned=True)[0]
    return inserted == 1 if found else None


def _apply(run: Run, writer: str, seq: int, batch: ReadBatch) -> None:
    refused = batch.rejections.total
    if refused:
        LoggedRun.objects.filter(pk=run.pk).update(rejected_records=F("rejected_records") + refused)
    blobs = Blob.keep_all(picture.png for picture in batch.images)
    for picture, blob in zip(batch.images, blobs, strict=True):
        fields = {name: getattr(picture, name) for name in ("order", "key", "step", "time", "caption", "width", "height")}
        Image.objects.create(run=run, writer=writer, seq=seq, blob=blob, **fields)
    updates = [
        Update(run=run, writer=writer, seq=seq, order=record.order, time=record.time, kind=record.kind, data=record.data)
        for record in batch.updates
    ]
    if updates:
        Update.objects.bulk_create(updates)
        apply_updates(run, updates)
    elif run.state != RunState.RUNNING:
        restate(run.pk)


def _earlier(run: Run, writer: str, seq: int, digest: bytes, codec: str, body: bytes) -> Answer:
    """The answer that was given under this name, if it was to the same content."""
    known = Batch.objects.filter(run=run, writer=writer, seq=seq).first()
    if known is None:
        raise gone(run)
    if bytes(known.digest) == digest:
        return Answer(known.points, known.refused, known.rejected, is_new=False)
    _keep_aside(run, Conflict(run=run, writer=writer, seq=seq, digest=digest, codec=codec, body=body))
    raise BatchConflict(
        f"Batch {seq} of writer {writer} was accepted with other content. This one is kept aside and not applied; "
        "never send two batches under one name.",
        writer=writer,
        seq=seq,
    )


def _keep_aside(run: Run, conflict: Conflict) -> None:
    """The first of a run whole, of further ones the name and the digest, the rest is counted, each time that it comes.

    A sender gone wrong must not fill the disk.
    """
    with transaction.atomic():
        _locked(run)
        kept = Conflict.objects.filter(run=run).count()
        if kept >= CONFLICTS_KEPT and not Conflict.objects.filter(pk=conflict.pk).exists():
            LoggedRun.objects.filter(pk=run.pk).update(further_conflicts=F("further_conflicts") + 1)
            return
        if kept >= CONFLICTS_WHOLE:
            conflict.codec, conflict.body = "", b""
        Conflict.objects.bulk_create([conflict], ignore_conflicts=True)
