"""Of each name the last word counts: in any order, within bounds, and at the cost of what is fresh."""

import itertools
import json
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from tests.factories.batch import batch_of
from tests.factories.tracking import make_run
from tracking.aggregates import last_word
from tracking.aggregates.state import standing_of
from tracking.ingest.accept import accept_batch
from tracking.limits import KEPT_BYTES, KEPT_KEYS
from tracking.models import Extent, LastWord, Project, Run
from tracking.queries.run_overview import overview_of

KEYS = ["a", "b", "ba", "c", "d", "ü", "🦉"]
CLOCKS = [0, 1, 5, 10**9, 1_700_000_000_000, 253_402_300_799_999]  # some stand still, some are decades off
values = st.one_of(st.integers(0, 9), st.text("xyü", max_size=30), st.lists(st.integers(0, 1), max_size=8))
documents = st.dictionaries(st.sampled_from(KEYS), values, max_size=4)
FIRST = {"a": "made with", "d": 1}


@dataclass(frozen=True)
class Sent:
    writer: str
    seq: int
    updates: list[tuple[int, str, dict[str, Any]]]

    def stamped(self) -> list[tuple[tuple[int, str, int, int], str, dict[str, Any]]]:
        return [((time, self.writer, self.seq, order), kind, data) for order, (time, kind, data) in enumerate(self.updates)]


@st.composite
def sent(draw: st.DrawFn) -> list[Sent]:
    """Three writers whose clocks disagree; one batch of four kinds of updates each time."""
    rules = st.fixed_dictionaries({"key": st.sampled_from(KEYS), "goal": st.sampled_from(["minimize", "maximize", None])})
    tags = st.fixed_dictionaries(
        {"add": st.lists(st.sampled_from(KEYS), max_size=3), "remove": st.lists(st.sampled_from(KEYS), max_size=3)}
    )
    data = {"config": documents, "summary": documents, "tags": tags, "metric": rules}
    update = st.sampled_from(sorted(data)).flatmap(lambda kind: st.tuples(st.sampled_from(CLOCKS), st.just(kind), data[kind]))
    return [
        Sent(writer, seq, draw(st.lists(update, min_size=1, max_size=4)))
        for writer in ("a", "0", "z")
        for seq in range(draw(st.integers(1, 3)))
    ]


def plainly(batches: list[Sent], kind: str, most: int, room: int) -> tuple[dict[str, Any], bool]:
    """What is kept of one kind, and whether some was left out: by a sort of everything."""
    told = sorted((one for batch in batches for one in batch.stamped() if one[1] == kind), key=lambda one: one[0])
    said: list[tuple[str, Any]] = list(FIRST.items()) if kind == "config" else []
    for _, _, data in told:
        if kind == "tags":
            said += [(name, True) for name in data["add"] if name not in data["remove"]]
            said += [(name, False) for name in data["remove"]]
        elif kind == "metric":
            said.append((data["key"], {"goal": data["goal"], "summary": None, "step_metric": None}))
        else:
            said += data.items()
    rooms: dict[str, int] = {}
    for key, value in said:
        size = sum(len(json.dumps(part, ensure_ascii=False).encode()) for part in (key, value)) + 4
        rooms[key] = max(size, rooms.get(key, 0))
    first = sorted(rooms)
    fitting = [
        key for key, total in zip(first, itertools.accumulate(rooms[key] for key in first), strict=True) if total <= room
    ]
    kept = set(fitting[:most])
    return {key: value for key, value in said if key in kept}, len(kept) < len(rooms)


def found(run: Run) -> dict[str, tuple[dict[str, Any], bool]]:
    cut = set(Extent.objects.filter(run=run, edge__isnull=False).values_list("kind", flat=True))
    words: dict[str, dict[str, Any]] = {kind: {} for kind in ("config", "summary", "tags", "metric")}
    for kind, key, value in LastWord.objects.filter(run=run).values_list("kind", "key", "value"):
        words[kind][key] = value
    return {kind: (kept, kind in cut) for kind, kept in words.items()}


@pytest.mark.django_db
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sent(), st.data(), st.sampled_from([2, 4, 100]), st.sampled_from([40, 90, 10_000]))
def test_clocks_that_disagree_and_any_order_give_what_a_sort_gives(
    project: Project, bob: User, batches: list[Sent], data: st.DataObject, most: int, room: int
) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(last_word, "_MOST", dict.fromkeys(last_word._MOST, most))
        patched.setattr(last_word, "KEPT_BYTES", room)
        run = make_run(project, bob, config=FIRST)
        for batch in data.draw(st.permutations(batches)):
            accept_batch(run, batch.writer, batch.seq, codec="", body=batch_of(updates=batch.updates))
    must = {kind: plainly(batches, kind, most, room) for kind in ("config", "summary", "tags", "metric")}
    assert found(run) == must
    run.refresh_from_db()
    assert (run.config, run.summary) == (must["config"][0], must["summary"][0])
    assert sorted(run.tags.values_list("name", flat=True)) == sorted(name for name, wish in must["tags"][0].items() if wish)
    for extent in Extent.objects.filter(run=run):
        words = LastWord.objects.filter(run=run, kind=extent.kind)
        assert (extent.keys, extent.room) == (words.count(), sum(words.values_list("room", flat=True)))


@pytest.fixture
def run(project: Project, bob: User) -> Run:
    return make_run(project, bob)


def say(run: Run, seq: int, *updates: tuple[int, str, dict[str, Any]], writer: str = "w") -> Run:
    assert accept_batch(run, writer, seq, codec="", body=batch_of(updates=updates)).refused == 0
    run.refresh_from_db()
    return run


@pytest.mark.parametrize("kind", ["config", "summary"])
def test_a_document_has_at_most_50_000_keys(run: Run, kind: str) -> None:
    names = [f"{i:05}" for i in range(KEPT_KEYS + 10)]
    for seq, at in enumerate(range(0, len(names), 10_000)):
        say(run, seq, (1_000, kind, dict.fromkeys(names[at : at + 10_000], 1)))
    assert sorted(getattr(run, kind)) == names[:KEPT_KEYS]
    assert overview_of(run).left_out == (kind,)
    say(run, 99, (1_000, kind, {"00000a": 2, "99999": 2}))  # what comes before pushes the last one out
    assert sorted(getattr(run, kind)) == sorted([*names[: KEPT_KEYS - 1], "00000a"])
    assert LastWord.objects.filter(run=run).count() == KEPT_KEYS


def test_a_config_has_at_most_4_mib_as_it_is_read(run: Run) -> None:
    for seq in range(18):
        say(run, seq, (1_000, "config", {f"{seq:02}": "x" * 250_000}))
    assert sorted(run.config) == [f"{i:02}" for i in range(16)]
    assert len(json.dumps(run.config)) <= KEPT_BYTES
    say(run, 18, (2_000, "config", {"00": 1e308, "01": [1e308] * 20_000}))  # 180 kB on the wire, 309 digits each when read
    assert sorted(run.config) == ["00"]
    assert overview_of(run).left_out == ("config",)


def test_what_was_once_too_large_stays_out(run: Run) -> None:
    """Else the order would decide: who forgets a key cannot take it back."""
    say(run, 0, *[(1_000 + i, "config", {f"{i:02}": "x" * 250_000}) for i in range(8)])
    say(run, 1, *[(1_000 + i, "config", {f"{i:02}": "x" * 250_000}) for i in range(8, 16)])
    say(run, 2, (3_000, "config", {"99": "x" * 250_000}), *[(4_000, "config", {f"{i:02}": 1}) for i in range(8)])
    assert "99" not in run.config
    assert run.config["00"] == 1
    assert overview_of(run).left_out == ("config",)


def test_a_run_that_fits_is_told_nothing(run: Run) -> None:
    say(run, 0, (1_000, "config", {"lr": 1}), (1_000, "tags", {"add": ["a"]}))
    assert overview_of(run).left_out == ()


TABLES = ("tracking_update", "tracking_lastword", "tracking_extent", "tracking_batch", "tracking_run_tags")
READ = """
    SELECT coalesce(sum(pg_stat_get_xact_tuples_returned(one) + pg_stat_get_xact_tuples_fetched(one)), 0)
    FROM unnest(%s::regclass[]) AS tables (of), LATERAL (
        SELECT of::oid AS one UNION ALL SELECT indexrelid FROM pg_index WHERE indrelid = of
    ) AS parts
"""


def rows_read(*tables: str) -> int:
    """Rows and index entries that this transaction read of these tables so far."""
    with connection.cursor() as cursor:
        cursor.execute(READ, [list(tables)])
        return int(cursor.fetchone()[0])


@pytest.mark.parametrize("kind", ["config", "summary", "tags", "metric"])
def test_merging_costs_what_is_fresh(run: Run, kind: str) -> None:
    """A late update after 20 and after 400 others: as many statements, and no more rows."""
    data = {"tags": lambda i: {"add": [f"t{i % 50}"]}, "metric": lambda i: {"key": f"k{i % 200}", "goal": "minimize"}}
    made = data.get(kind, lambda i: {f"k{i}": i})
    costs = []
    for begin, end in ((1, 20), (20, 400)):
        say(run, begin, *[(1_000 + i, kind, made(i)) for i in range(begin, end)])
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE tracking_lastword, tracking_update, tracking_batch")
        before = rows_read(*TABLES)
        with CaptureQueriesContext(connection) as asked:
            say(run, begin, (5, kind, made(7)), writer="late")
        read = rows_read(*TABLES) - before
        mine = [one for one in asked if any(table in one["sql"] for table in TABLES)]
        costs.append((len(mine), read))
    (few, little), (many, much) = costs
    assert many == few
    assert much <= (230 if kind == "tags" else little + 10)  # its 50 tags are looked at whole, twice: they are bounded


def test_a_late_batch_does_not_read_the_ledger(run: Run) -> None:
    ledger = """
        INSERT INTO tracking_batch (run_id, writer, seq, received_at, digest, last_time, points, refused, rejected)
        SELECT %s, writer, seq, now(), '', seq, 1, 0, '[]'
        FROM unnest(ARRAY['a', 'b']) AS writer, generate_series(0, 49999) AS seq
    """
    with connection.cursor() as cursor:
        cursor.execute(ledger, [run.pk])
        cursor.execute("ANALYZE tracking_batch")
    for writer in ("a", "b"):
        say(run, 50_000, (90_000, "finish", {"state": "finished", "exit_code": 0}), writer=writer)
    accept_batch(run, "c", 0, codec="", body=batch_of([(0, 80_000, {"loss": 1.0})]))
    before = rows_read("tracking_batch", "tracking_update")
    assert standing_of(run.pk).state == "finished"
    assert rows_read("tracking_batch", "tracking_update") - before < 40
    accept_batch(run, "c", 1, codec="", body=batch_of([(0, 95_000, {"loss": 1.0})]))
    assert standing_of(run.pk).state == "running"


@pytest.mark.parametrize(("room", "kept"), [(16, {"a": 1, "b": 1}), (15, {"a": 1})])
def test_what_fits_to_the_byte_is_kept(run: Run, monkeypatch: pytest.MonkeyPatch, room: int, kept: dict[str, int]) -> None:
    monkeypatch.setattr(last_word, "KEPT_BYTES", room)  # `"a": 1, ` has 8
    assert say(run, 0, (1_000, "config", {"a": 1, "b": 1})).config == kept


@pytest.mark.parametrize("together", [True, False])
def test_a_large_word_takes_its_room_also_where_the_next_one_came_with_it(
    run: Run, monkeypatch: pytest.MonkeyPatch, together: bool
) -> None:
    monkeypatch.setattr(last_word, "KEPT_BYTES", 20)
    large, small = (1_000, "config", {"a": "x" * 9}), (2_000, "config", {"a": 1, "b": 1})
    for seq, updates in enumerate([[large, small]] if together else [[small], [large]]):
        say(run, seq, *updates)
    assert run.config == {"a": 1}
