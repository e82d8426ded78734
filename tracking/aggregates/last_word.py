"""Laying updates over what is known: of each key the last word counts, whatever the order of arrival (promise D5).

Of a kind the first keys in order are kept, as many as `_MOST` allows, each with the room of the largest value ever said under
it. Keys and rooms only grow in number, so a key that does not fit now never will: it can be forgotten. So merging costs what is
fresh, and what is kept depends on the set of updates alone. Whoever calls holds the run's row locked.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
from django.db import connection

from kit.rows import rows_of
from tracking.limits import KEPT_BYTES, KEPT_KEYS, KEPT_RULES, KEPT_TAGS
from tracking.models import Extent

_MOST = {"config": KEPT_KEYS, "summary": KEPT_KEYS, "tags": KEPT_TAGS, "metric": KEPT_RULES}
BEFORE_ALL = ("", -1)
"""Writer and seq of what a run was made with; its time and order are -1 too."""

_KEEP = """
    WITH fresh AS (
        SELECT digest, key, value, time, "order", octet_length(to_jsonb(key)::text) + octet_length(value::text) + 4 AS room
        FROM unnest(%s::bytea[], %s::text[], %s::text[]::jsonb[], %s::bigint[], %s::int[])
            AS said (digest, key, value, time, "order")
    ), latest AS (
        SELECT DISTINCT ON (digest) digest, key, value, time, "order", max(room) OVER (PARTITION BY digest) AS room
        FROM fresh ORDER BY digest, time DESC, "order" DESC
    )
    INSERT INTO tracking_lastword AS word (run_id, kind, digest, key, value, room, time, writer, seq, "order")
    SELECT %s, %s, digest, key, value, room, time, %s, %s, "order" FROM latest
    ON CONFLICT (run_id, kind, digest) DO UPDATE SET room = greatest(word.room, excluded.room),
        (value, time, writer, seq, "order") = (
            SELECT value, time, writer, seq, "order" FROM (VALUES
                (excluded.value, excluded.time, excluded.writer, excluded.seq, excluded."order"),
                (word.value, word.time, word.writer, word.seq, word."order")
            ) AS both_words (value, time, writer, seq, "order")
            ORDER BY time DESC, writer DESC, seq DESC, "order" DESC LIMIT 1
        )
    WHERE excluded.room > word.room OR (excluded.time, excluded.writer, excluded.seq, excluded."order")
        > (word.time, word.writer, word.seq, word."order")
    RETURNING key, room, (writer, seq) = (%s, %s)
"""
_KNOWN = "SELECT key, room FROM tracking_lastword WHERE run_id = %s AND kind = %s AND digest = ANY(%s::bytea[])"
# As an array: without statistics of a table that has just grown, a join would count anew for every row.
_CUT = """
    DELETE FROM tracking_lastword WHERE run_id = %s AND ctid = ANY (ARRAY(
        SELECT place FROM (
            SELECT ctid AS place, row_number() OVER keys AS number, sum(room) OVER keys AS so_far FROM tracking_lastword
            WHERE run_id = %s AND kind = %s WINDOW keys AS (ORDER BY key ROWS UNBOUNDED PRECEDING)
        ) AS counted WHERE number > %s OR so_far > %s
    )) RETURNING key, room
"""


@dataclass(frozen=True, slots=True)
class Said:
    """What one update says under one key: `time` by the trainer's clock (unix ms), `order` its position in the batch."""

    key: str
    value: Any
    time: int
    order: int


@dataclass(slots=True)
class Change:
    """`now`: the keys of which the last word is a fresh one. `out`: fresh or not, what is left out from now on."""

    now: dict[str, Any] = field(default_factory=dict)
    out: set[str] = field(default_factory=set)


def keep(run_id: int, kind: str, batch: tuple[str, int], said: Sequence[Said]) -> Change:
    """Keep what a batch (writer, seq) says of one kind; of two words in one place of it, the later in `said`."""
    extent = Extent.objects.filter(run=run_id, kind=kind).first() or Extent(run_id=run_id, kind=kind)
    edge = _edge(extent.edge, {one.key for one in said}, _MOST[kind])
    fresh = {(one.key, one.time, one.order): one for one in said if edge is None or one.key < edge}
    change = Change(out={one.key for one in said if edge is not None and one.key >= edge})
    words = sorted(fresh.values(), key=lambda one: (one.time, one.order))
    latest = {one.key: one.value for one in words}
    known, written = _written(run_id, kind, batch, words)
    for key, room, is_fresh in written:
        extent.keys += key not in known
        extent.room += room - known.get(key, 0)
        if is_fresh:
            change.now[key] = latest[key]
    if extent.keys > _MOST[kind] or extent.room > KEPT_BYTES:
        cut = rows_of(_CUT, [run_id, run_id, kind, _MOST[kind], KEPT_BYTES])
        extent.keys -= len(cut)
        extent.room -= sum(room for _, room in cut)
        change.out |= {key for key, _ in cut}
        change.now = {key: value for key, value in change.now.items() if key not in change.out}
        edge = min([key for key, _ in cut] + ([] if edge is None else [edge]))
    extent.edge = edge
    _note(extent)
    return change


def _edge(known: str | None, keys: set[str], most: int) -> str | None:
    """Where what is left out begins; a batch alone may hold more than is kept."""
    if len(keys) <= most:
        return known
    beyond = sorted(keys)[most]
    return beyond if known is None else min(known, beyond)


def _written(
    run_id: int, kind: str, batch: tuple[str, int], words: Sequence[Said]
) -> tuple[dict[str, int], list[tuple[Any, ...]]]:
    """The rooms of the keys that were known, and of those that changed: key, room, whether its last word is of this batch."""
    if not words:
        return {}, []
    digests = [hashlib.sha256(word.key.encode()).digest()[:16] for word in words]
    values = [msgspec.json.encode(word.value).decode() for word in words]
    columns = [digests, [word.key for word in words], values, [word.time for word in words], [word.order for word in words]]
    known: dict[str, int] = dict(rows_of(_KNOWN, [run_id, kind, digests]))
    return known, rows_of(_KEEP, [*columns, run_id, kind, *batch, *batch])


def _note(extent: Extent) -> None:
    sql = """
        INSERT INTO tracking_extent (run_id, kind, keys, room, edge) VALUES (%s, %s, %s, %s, %s)
        ON CONFLICT (run_id, kind) DO UPDATE SET keys = excluded.keys, room = excluded.room, edge = excluded.edge
    """
    with connection.cursor() as cursor:
        cursor.execute(sql, [extent.run_id, extent.kind, extent.keys, extent.room, extent.edge])
