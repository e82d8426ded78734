"""What a run is, from what it said: config, summary, tags and state as functions of the set of its updates (promise D5).

Updates count in the order (time, writer, seq, order), not in the order of arrival. Whoever calls holds the run's row locked.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db.models import F, Max

from kit.rows import rows_of
from tracking.aggregates.block import note_change
from tracking.enums import RunState
from tracking.limits import SILENT_SECONDS, TAGS_PER_RUN
from tracking.models import Batch, Run, Tag, Update


def apply_updates(run: Run, fresh: Sequence[Update]) -> None:
    """Bring the run up to date after these updates of one batch were stored."""
    kinds = {update.kind for update in fresh}
    changes: dict[str, Any] = {}
    if "config" in kinds:
        changes["config"] = _merged(run, run.first_config, run.config, _of("config", fresh))
    if "summary" in kinds:
        changes["summary"] = _merged(run, {}, run.summary, _of("summary", fresh))
    if "lost" in kinds:
        changes["lost_records"] = F("lost_records") + sum(update.data["count"] for update in _of("lost", fresh))
    if changes:
        Run.everything.filter(pk=run.pk).update(**changes)
    if "config" in kinds:
        note_change("config", [run.pk])
    if "tags" in kinds:
        _retag(run, _of("tags", fresh))
    if "finish" in kinds or run.state != RunState.RUNNING:
        restate(run.pk)


def _of(kind: str, updates: Iterable[Update]) -> list[Update]:
    return sorted((update for update in updates if update.kind == kind), key=_place)


def _place(update: Update) -> tuple[int, str, int, int]:
    return update.time, update.writer, update.seq, update.order


def _merged(run: Run, first: dict[str, Any], present: dict[str, Any], fresh: list[Update]) -> dict[str, Any]:
    """The first state with every update's keys laid over it in order; only the fresh ones when they are the latest."""
    kind = fresh[0].kind
    others = _others(run, fresh).filter(kind=kind)
    if not others.filter(time__gte=fresh[0].time).exists():
        merged, updates = dict(present), fresh
    else:
        merged, updates = dict(first), sorted([*others, *fresh], key=_place)
    for update in updates:
        merged.update(update.data)
    return merged


def _others(run: Run, fresh: list[Update]) -> Any:
    """The run's updates that came with other batches."""
    return Update.objects.filter(run=run).exclude(writer=fresh[0].writer, seq=fresh[0].seq)


def _retag(run: Run, fresh: list[Update]) -> None:
    """Put on and take off what this batch changes of the run's own wishes; what people did to its tags otherwise stays."""
    others = list(_others(run, fresh).filter(kind="tags"))
    before, after = _wishes(others), _wishes([*others, *fresh])
    changed = [name for name in {*before, *after} if before.get(name) != after.get(name)]
    wanted = Tag.objects.called(run.project, [name for name in changed if after.get(name)])
    links = [Run.tags.through(run_id=run.pk, tag_id=tag.pk) for tag in wanted]
    Run.tags.through.objects.bulk_create(links, ignore_conflicts=True)
    unwanted = {name for name in changed if not after.get(name)}
    present = Run.tags.through.objects.filter(run=run)  # some dozens, whatever a trainer takes off
    off = [pk for pk, name in present.values_list("pk", "tag__name") if name in unwanted]
    present.filter(pk__in=off).delete()


def _wishes(updates: Iterable[Update]) -> dict[str, bool]:
    """tag -> whether the last word on it was to put it on. Of those put on only the first 64 count."""
    wishes: dict[str, bool] = {}
    for update in sorted(updates, key=_place):
        for verb in ("add", "remove"):
            for name in update.data[verb]:
                wishes.pop(name, None)
                wishes[name] = verb == "add"
    beyond = set([name for name, wish in wishes.items() if wish][TAGS_PER_RUN:])
    return {name: wish for name, wish in wishes.items() if name not in beyond}


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
    ends: dict[str, Update] = {}
    for update in Update.objects.filter(run=run_id, kind="finish").order_by("seq", "order"):
        ends[update.writer] = update
    if not ends:
        return _RUNNING
    last = max(ends.values(), key=_place)
    ledger = Batch.objects.filter(run=run_id).values_list("writer").annotate(Max("seq"), Max("last_time"))
    for writer, seq, time in ledger:
        end = ends.get(writer)
        if seq > end.seq if end is not None else (time or 0) > last.time:
            return _RUNNING
    data = last.data
    ended_at = datetime.fromtimestamp(last.time / 1000, UTC)
    return Standing(RunState(data["state"]), data["exit_code"], data["reason"] or "", ended_at)


def _silent_since(run_id: int) -> datetime | None:
    """When a run was last heard of, if that is too long ago by the database's clock."""
    sql = "SELECT seen_at FROM tracking_heartbeat WHERE run_id = %s AND seen_at < clock_timestamp() - make_interval(secs => %s)"
    rows = rows_of(sql, [run_id, SILENT_SECONDS])
    return rows[0][0] if rows else None
