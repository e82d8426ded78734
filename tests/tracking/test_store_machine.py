"""The store against an oracle in plain Python, whatever is sent, folded, read and broken off in whatever order (test T7).

Promises D3 to D7 as invariants: every accepted point is in the history bit by bit and once, summaries are exact, a chart loses
no extreme, a repetition is answered with the same bytes. `make chaos` runs it for longer (CHAOS_EXAMPLES).
"""

import math
import os
import struct
from collections.abc import Callable
from typing import Any

import msgspec
import numpy as np
import pytest
import zstandard
from django.http import HttpResponseBase
from django.test import Client
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from accounts.models import User
from tests.factories.batch import Row, batch_of
from tests.factories.crash import dying
from tests.factories.oracle import Oracle, Point
from tests.factories.store import flat, told
from tests.factories.tracking import make_run
from tracking.aggregates.fold import fold_run
from tracking.columns import chunk
from tracking.models import Payload, Project
from tracking.queries.curve import curve_of
from tracking.queries.history import history_of
from tracking.queries.series import summaries_of
from tracking.queries.stretch import Range

EXAMPLES, STEPS = int(os.environ.get("CHAOS_EXAMPLES", "20")), 25

KEYS = ["loss", "acc"]
REFUSED = "a\nkey"
NAN_WITH_A_SIGN = struct.unpack("<d", (0xFFF8_0000_0000_0123).to_bytes(8, "little"))[0]
NUMBERS = [0.0, -0.0, 5e-324, -2.2e-308, 1e16, 1.7976931348623157e308, -1.7976931348623157e308]
SPECIAL = [math.nan, NAN_WITH_A_SIGN, math.inf, -math.inf, *NUMBERS]
END = 2**63

keys = st.sampled_from(KEYS)
steps = st.one_of(st.integers(-20, 20), st.integers(-3_000, 3_000), st.sampled_from([-END, END - 1]))
values = st.one_of(st.sampled_from(SPECIAL), st.floats(-1e6, 1e6))
cells = st.dictionaries(st.sampled_from([*KEYS, *KEYS, REFUSED]), values, min_size=1)
few = st.lists(st.tuples(steps, st.integers(-1, 5), cells), max_size=8)


@st.composite
def many(draw: st.DrawFn) -> list[Row]:
    """A trainer's rows: steps with a stride, forth or back or on one spot; some values are not numbers."""
    n, first, stride = draw(st.integers(20, 400)), draw(st.integers(-1_000, 1_000)), draw(st.sampled_from([1, 1, 3, -1, 0]))
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    found = random.normal(size=(n, len(KEYS)))
    odd = random.random(found.shape) < draw(st.sampled_from([0.0, 0.02, 1.0]))
    found[odd] = random.choice(SPECIAL, size=int(odd.sum()))
    return [(first + stride * i, 1_000 + i, dict(zip(KEYS, row, strict=True))) for i, row in enumerate(found.tolist())]


class Store(RuleBasedStateMachine):
    """One run, what was sent to it, and what it must hold."""

    sent = Bundle("sent")
    names = {"writer": st.sampled_from(["a", "b"]), "seq": st.integers(0, 30)}
    sending = {**names, "rows": st.one_of(few, many()), "codec": st.sampled_from(["", "zstd"])}
    breaking = {"at": st.integers(0, 14), "done": st.booleans()}
    most = st.sampled_from([1, 100, 1_000_000])

    def __init__(self, project: Project, user: User, api: Client) -> None:
        super().__init__()
        self.run, self.api = make_run(project, user), api
        self.oracle = Oracle()
        self.answers: dict[tuple[str, int], tuple[bytes, bytes]] = {}  # name -> (body, what was answered)
        self.usual = chunk.CHUNK_POINTS

    @initialize(points=st.sampled_from([8, 50, chunk.CHUNK_POINTS]))
    def cut_chunks(self, points: int) -> None:
        """Small chunks, so that some hundred points make many and late ones fall between them."""
        chunk.CHUNK_POINTS = points

    def teardown(self) -> None:
        chunk.CHUNK_POINTS = self.usual

    @rule(target=sent, **sending, fold=st.booleans())
    def send(self, writer: str, seq: int, rows: list[Row], codec: str, fold: bool) -> Any:
        self.check(writer, seq, rows, self.put(writer, seq, batch_of(rows), codec), new=202)
        if fold:
            fold_run(self.run.pk)
        return writer, seq, rows

    @rule(target=sent, **sending, **breaking)
    def send_to_a_server_that_dies(self, writer: str, seq: int, rows: list[Row], codec: str, at: int, done: bool) -> Any:
        """Nobody knows whether the batch is there; so it is sent again, and then it is there once."""
        with dying(at, done=done):
            self.put(writer, seq, batch_of(rows), codec)
        kept = self.run.batches.filter(writer=writer, seq=seq).exists()
        self.check(writer, seq, rows, self.put(writer, seq, batch_of(rows), codec), new=200 if kept else 202)
        return writer, seq, rows

    @rule(batch=sent, codec=sending["codec"])
    def repeat(self, batch: tuple[str, int, list[Row]], codec: str) -> None:
        writer, seq, rows = batch
        self.check(writer, seq, rows, self.put(writer, seq, batch_of(rows), codec), new=0)

    @rule(batch=sent, rows=few)
    def send_other_content_under_a_known_name(self, batch: tuple[str, int, list[Row]], rows: list[Row]) -> None:
        self.check(batch[0], batch[1], rows, self.put(batch[0], batch[1], batch_of(rows), ""), new=0)

    @rule(target=sent, **names, key=keys, place=st.sampled_from([-1, 0, 7]), value=values, time=st.integers(0, 5))
    def say_a_known_step_again(self, writer: str, seq: int, key: str, place: int, value: float, time: int) -> Any:
        """Its ends are where a summary is easily wrong. What waits is folded before and after."""
        known = sorted({place[0] for place in self.oracle.said.get(key, {})}) or [0]
        rows = [(known[min(place, len(known) - 1)], time, {key: value})]
        fold_run(self.run.pk)
        return self.send(writer, seq, rows, "", fold=True)

    @rule(most=most)
    def fold(self, most: int) -> None:
        waiting = Payload.objects.filter(run=self.run).count()
        folded = fold_run(self.run.pk, most)
        assert Payload.objects.filter(run=self.run).count() == waiting - folded
        assert bool(folded) == bool(waiting)

    @rule(most=most, **breaking)
    def fold_that_dies(self, most: int, at: int, done: bool) -> None:
        with dying(at, done=done):
            fold_run(self.run.pk, most)

    @rule(key=keys, within=st.tuples(steps, steps), limit=st.integers(1, 300))
    def read_history_by_pages(self, key: str, within: tuple[int, int], limit: int) -> None:
        first, last = sorted(within)
        pages, at = [], first
        while (page := history_of(self.run, key, Range(at, last), limit)) is not None:
            pages += told(page)
            if page.next is None:
                break
            assert page.next > at
            at = page.next
        assert pages == [point for point in self.history(key) if first <= point[0][0] <= last]

    @rule(key=keys, width=st.integers(1, 300), within=st.one_of(st.none(), st.tuples(steps, steps)))
    def read_curve(self, key: str, width: int, within: tuple[int, int] | None) -> None:
        first, last = sorted(within) if within else (-END, END - 1)
        found = curve_of(self.run, key, width=width, first=first, last=last)
        assert (found is None) == (key not in self.oracle.said)
        if found is None:
            return
        points = [point for point in self.oracle.winners(key).values() if first <= point[0] <= last]
        finite = [point for point in points if math.isfinite(point[3])]
        drawn = [pair for pair in zip(found.steps.tolist(), found.values.tolist(), strict=True) if math.isfinite(pair[1])]
        assert (found.total, found.bad_total) == (len(points), len(points) - len(finite))
        assert set(drawn) <= {(point[0], point[3]) for point in finite}
        assert found.sampled > 1 or len(drawn) == len(finite)
        if finite:
            assert extremes([value for _, value in drawn]) == extremes([point[3] for point in finite])
            assert (drawn[0][0], drawn[-1][0]) == (steps_of(finite)[0], steps_of(finite)[-1])
        bad = sorted((point[0], point[2]) for point in points if not math.isfinite(point[3]))
        assert [mark.step for mark in found.bad] == [step for step, _ in bad[:20]]

    @invariant()
    def everything_is_there_once_and_summed_up_exactly(self) -> None:
        summaries = summaries_of([self.run]).get(self.run.pk, {})
        assert summaries.keys() == self.oracle.said.keys()
        for key in self.oracle.said:
            history = history_of(self.run, key)
            assert history is not None
            assert told(history) == self.history(key)
            winners = self.oracle.winners(key)
            assert history.superseded.tolist() == [place not in winners for place, _, _ in self.history(key)]
            assert flat(summaries[key]) == self.oracle.summary(key)

    def put(self, writer: str, seq: int, body: bytes, codec: str) -> HttpResponseBase:
        packed = zstandard.compress(body) if codec else body
        address = f"/api/v1/runs/{self.run.uid}/batches/{writer}/{seq}"
        return self.api.put(address, packed, content_type="application/msgpack", headers={"content-encoding": codec})

    def check(self, writer: str, seq: int, rows: list[Row], answer: Any, *, new: int) -> None:
        """The answer must be the first one of this name, or a refusal; `new` is the status where the name was free."""
        body = batch_of(rows)
        known, first = self.answers.get((writer, seq), (None, b""))
        if known is None:
            assert answer.status_code == new
            words = msgspec.json.decode(answer.content)
            all_cells = sum(len(row[2]) for row in rows)
            points = self.oracle.take(writer, seq, rows)
            assert (words["points"], words["refused"]) == (points, all_cells - points)
            self.answers[writer, seq] = (body, answer.content)
        elif known == body:
            assert (answer.status_code, answer.content) == (200, first)
        else:
            assert answer.status_code == 409

    def history(self, key: str) -> list[Any]:
        return self.oracle.history(key) if key in self.oracle.said else []


def extremes(found: list[float]) -> tuple[float, float]:
    return min(found), max(found)


def steps_of(points: list[Point]) -> list[int]:
    return sorted(point[0] for point in points)


@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(0 if "CHAOS_EXAMPLES" in os.environ else 120)
def test_the_store_is_what_was_sent(project: Project, bob: User, log_key: str, api_of: Callable[[str], Client]) -> None:
    run_state_machine_as_test(
        lambda: Store(project, bob, api_of(log_key)),
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
        ),
    )
