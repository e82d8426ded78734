"""What a run is, from what it said: config, summary, tags and state as functions of the set of its updates (promise D5).

Updates count in the order (time, writer, seq, order), not in the order of arrival. Whoever calls holds the run's row locked.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec
from django.db import connection
from django.db.models import F

from kit.rows import rows_of
from tracking.aggregates.block import note_change
from tracking.aggregates.last_word import BEFORE_ALL, Said, keep
from tracking.enums import RunState
from tracking.limits import SILENT_SECONDS, TAGS_PER_RUN
from tracking.models import LastWord, Run, Tag, Update


def begin(run: Run) -> None:
    """What the run was made with is the first word on each key of its config."""
    if run.first_config:
        _lay_over(run.pk, "config", BEFORE_ALL, [Said(key, value, -1, -1) for key, value in run.first_config.items()])
        run.refresh_from_db(fields=["config"])


def apply_updates(run: Run, fresh: Sequence[Update]) -> None:
    """Bring the run up to date after these updates of one batch were stored."""
    kinds = {update.kind for update in fresh}
    batch = fresh[0].writer, fresh[0].seq
    for kind in ("config", "summary"):
        if kind in kinds:
            _lay_over(run.pk, kind, batch, [said for update in _of(kind, fresh) for said in _keys_of(update)])
    if "metric" in kinds:
        keep(run.pk, "metric", batch, [_rule_of(update) for update in _of("metric", fresh)])
    if "lost" in kinds:
        lost = sum(update.data["count"] for update in _of("lost", fresh))
        Run.everything.filter(pk=run.pk).update(lost_records=F("lost_records") + lost)
    if "tags" in kinds:
        _retag(run, batch, [said for update in _of("tags", fresh) for said in _wishes_of(update)])
    if "finish" in kinds or run.state != RunState.RUNNING:
        restate(run.pk)


def _of(kind: str, updates: Iterable[Update]) -> list[Update]:
    return [update for update in updates if update.kind == kind]


def _keys_of(update: Update) -> list[Said]:
    return [Said(key, value, update.time, update.order) for key, value in update.data.items()]


def _rule_of(update: Update) -> Said:
    rule = {word: value for word, value in update.data.items() if word != "key"}
    return Said(update.data["key"], rule, update.time, update.order)


def _wishes_of(update: Update) -> list[Said]:
    """Taking off counts where one update does both."""
    wishes = dict.fromkeys(update.data["add"], True) | dict.fromkeys(update.data["remove"], False)
    return [Said(name, wish, update.time, update.order) for name, wish in wishes.items()]


def _lay_over(run_id: int, column: str, batch: tuple[str, int], said: Sequence[Said]) -> None:
    """Bring the run's config or summary up to date; only what is fresh goes to the database, and nothing comes back."""
    change = keep(run_id, column, batch, said)
    if not change.now and not change.out:
        return
    sql = f"UPDATE tracking_run SET {column} = ({column} - %s::text[]) || %s::jsonb WHERE id = %s"  # noqa: S608 - one of two words
    with connection.cursor() as cursor:
        cursor.execute(sql, [list(change.out), msgspec.json.encode(change.now).decode(), run_id])
    if column == "config":
        note_change("config", [run_id])


def _retag(run: Run, batch: tuple[str, int], said: Sequence[Said]) -> None:
    """Put on and take off what this batch changes of the run's own wishes; what people did to its tags otherwise stays."""
    before = _wishes(run.pk)
    change = keep(run.pk, "tags", batch, said)
    after = _wishes(run.pk) | dict.fromkeys(change.out, False)
    changed = [name for name, wish in after.items() if before.get(name) != wish]
    wanted = Tag.objects.called(run.project, [name for name in changed if after[name]])
    links = [Run.tags.through(run_id=run.pk, tag_id=tag.pk) for tag in wanted]
    Run.tags.through.objects.bulk_create(links, ignore_conflicts=True)
    unwanted = {name for name in changed if not after[name]}
    present = Run.tags.through.objects.filter(run=run)  # some dozens, whatever a trainer takes off
    off = [pk for pk, name in present.values_list("pk", "tag__name") if name in unwanted]
    present.filter(pk__in=off).delete()


def _wishes(run_id: int) -> dict[str, bool]:
    """tag -> whether it is to be on. Of those that were put on last the first 64 count."""
    words = LastWord.objects.filter(run=run_id, kind="tags").order_by("time", "writer", "seq", "order", "key")
    wishes: dict[str, bool] = dict(words.values_list("key", "value"))
    beyond = [name for name, wish in wishes.items() if wish][TAGS_PER_RUN:]
    return wishes | dict.fromkeys(beyond, False)


@dataclass(frozen=True, slots=True)
class Standing:
    """A run's state and, once it has ended, how."""

    state: RunState
    exit_code: int | None = None
    end_reason: str = ""
    ended_at: datetime | None = None


_RUNNING = Standing(RunState.RUNNING)


def restate(run_id: int) -> bool:
    """Store the state that follows from the run's updates and from how long it is silent; whether it changed."""
    standing = standing_of(run_id)
    if standing == _RUNNING and (seen_at := _silent_since(run_id)) is not None:
        standing = Standing(RunState.LOST, None, f"not heard of for {SILENT_SECONDS} s", seen_at)
    fields = {"exit_code": standing.exit_code, "end_reason": standing.end_reason, "ended_at": standing.ended_at}
    stale = Run.everything.filter(pk=run_id).exclude(state=standing.state, **fields)
    return stale.update(state=standing.state, **fields) == 1


def standing_of(run_id: int) -> Standing:
    """How the run stands by what it said: its last end counts, unless a writer went on after it.

    A writer went on when it sent a batch after its own end, or never said an end and has records later than the last one.
    """
    said = Update.objects.filter(run=run_id, kind="finish").order_by("writer", "-seq", "-order").distinct("writer")
    ends = list(said)
    if not ends:
        return _RUNNING
    last = max(ends, key=_place)
    if _goes_on(run_id, ends, last.time):
        return _RUNNING
    data = last.data
    ended_at = datetime.fromtimestamp(last.time / 1000, UTC)
    return Standing(RunState(data["state"]), data["exit_code"], data["reason"] or "", ended_at)


def _place(update: Update) -> tuple[int, str, int, int]:
    return update.time, update.writer, update.seq, update.order


def _goes_on(run_id: int, ends: Sequence[Update], time: int) -> bool:
    """Whether a writer went on. The ledger may hold 100,000 batches: its index is asked once a writer (a loose index scan), and
    only of those that never said an end the times are read.
    """
    sql = """
        WITH RECURSIVE writers AS (
            (SELECT writer FROM tracking_batch WHERE run_id = %s ORDER BY writer LIMIT 1)
            UNION ALL
            SELECT (SELECT writer FROM tracking_batch WHERE run_id = %s AND writer > writers.writer ORDER BY writer LIMIT 1)
            FROM writers WHERE writer IS NOT NULL
        )
        SELECT EXISTS (
            SELECT FROM writers LEFT JOIN unnest(%s::text[], %s::bigint[]) AS ended (writer, seq) USING (writer)
            WHERE CASE WHEN ended.seq IS NOT NULL
                THEN (SELECT max(seq) FROM tracking_batch WHERE run_id = %s AND writer = writers.writer) > ended.seq
                ELSE (SELECT true FROM tracking_batch WHERE run_id = %s AND writer = writers.writer AND last_time > %s
                    ORDER BY seq DESC LIMIT 1)
            END
        )
    """
    writers, seqs = [end.writer for end in ends], [end.seq for end in ends]
    return bool(rows_of(sql, [run_id, run_id, writers, seqs, run_id, run_id, time])[0][0])


def _silent_since(run_id: int) -> datetime | None:
    """When a run was last heard of, if that is too long ago by the database's clock."""
    sql = "SELECT seen_at FROM tracking_heartbeat WHERE run_id = %s AND seen_at < clock_timestamp() - make_interval(secs => %s)"
    rows = rows_of(sql, [run_id, SILENT_SECONDS])
    return rows[0][0] if rows else None
