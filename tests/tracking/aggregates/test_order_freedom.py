"""Promise D5: what is stored depends on the set of batches only. Checked against a model in plain Python."""

import math
import sys
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from tests.factories.batch import Row, batch_of
from tests.factories.oracle import Oracle
from tests.factories.store import flat, told
from tests.factories.tracking import make_run
from tracking.aggregates.fold import fold_run
from tracking.ingest.accept import accept_batch
from tracking.models import Project, Run
from tracking.queries.history import history_of
from tracking.queries.series import summaries_of

SPECIAL = [math.nan, math.inf, -math.inf, 0.0, -0.0, 5e-324, -5e-324, 1.0, -2.5, 1e16, sys.float_info.max, -sys.float_info.max]
steps = st.one_of(st.integers(-3, 6), st.sampled_from([-(2**63), 2**63 - 1]))
values = st.one_of(st.sampled_from(SPECIAL), st.floats(-1e6, 1e6))
rows = st.tuples(steps, st.integers(0, 5), st.dictionaries(st.sampled_from(["loss", "acc"]), values, min_size=1))
updates = st.one_of(
    st.tuples(st.integers(0, 5), st.just("config"), st.dictionaries(st.sampled_from("abc"), st.integers(0, 9))),
    st.tuples(st.integers(0, 5), st.just("summary"), st.dictionaries(st.sampled_from("ab"), st.integers(0, 9))),
    st.tuples(
        st.integers(0, 5),
        st.just("tags"),
        st.fixed_dictionaries({"add": st.lists(st.sampled_from("xyz")), "remove": st.lists(st.sampled_from("xyz"))}),
    ),
    st.tuples(
        st.integers(0, 5),
        st.just("finish"),
        st.fixed_dictionaries({"state": st.sampled_from(["finished", "failed", "killed"])}),
    ),
)


@dataclass(frozen=True)
class Sent:
    writer: str
    seq: int
    rows: list[Row]
    updates: list[tuple[int, str, dict[str, Any]]]

    def body(self) -> bytes:
        return batch_of(self.rows, self.updates)


@st.composite
def arrivals(draw: st.DrawFn) -> tuple[list[Sent], list[Sent], list[bool]]:
    """(batches, the same in another order and some twice, after which of them to fold)"""
    batches = [
        Sent(writer, seq, draw(st.lists(rows, max_size=6)), draw(st.lists(updates, max_size=2)))
        for writer in ("a", "b")
        for seq in range(draw(st.integers(1, 4)))
    ]
    again = draw(st.permutations([*batches, *draw(st.lists(st.sampled_from(batches), max_size=3))]))
    return batches, again, draw(st.lists(st.booleans(), min_size=len(again), max_size=len(again)))


def oracle_of(batches: list[Sent]) -> Oracle:
    oracle = Oracle()
    for sent in batches:
        oracle.take(sent.writer, sent.seq, sent.rows)
    return oracle


def check(run: Run, oracle: Oracle) -> None:
    summaries = summaries_of([run]).get(run.pk, {})
    assert summaries.keys() == oracle.said.keys()
    for key in oracle.said:
        history = history_of(run, key)
        assert history is not None
        assert told(history) == oracle.history(key)
        assert flat(summaries[key]) == oracle.summary(key)


def face(run: Run) -> tuple[Any, ...]:
    fresh = Run.objects.get(pk=run.pk)
    tags = sorted(fresh.tags.values_list("name", flat=True))
    return fresh.state, fresh.end_reason, fresh.ended_at, fresh.config, fresh.summary, fresh.exit_code, tags


@pytest.mark.django_db
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(arrivals())
def test_any_order_and_any_folds_give_the_same(
    project: Project, bob: User, sent: tuple[list[Sent], list[Sent], list[bool]]
) -> None:
    batches, again, folds = sent
    plain, mixed = (make_run(project, bob, config={"a": 100, "z": 1}, tags=("x",)) for _ in range(2))
    for batch in batches:
        accept_batch(plain, batch.writer, batch.seq, codec="", body=batch.body())
        plain.refresh_from_db()
    for batch, fold in zip(again, folds, strict=True):
        accept_batch(mixed, batch.writer, batch.seq, codec="", body=batch.body())
        mixed.refresh_from_db()
        if fold:
            fold_run(mixed.pk)
    assert face(mixed) == face(plain)
    oracle = oracle_of(batches)
    check(plain, oracle)
    check(mixed, oracle)
    fold_run(plain.pk)
    fold_run(mixed.pk)
    check(plain, oracle)
    check(mixed, oracle)
