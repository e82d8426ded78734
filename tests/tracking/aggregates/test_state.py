"""Promise D9: a run's state by what it said and by the server's clock."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from tests.factories.batch import batch_of, line
from tests.factories.tracking import make_run
from tracking.aggregates.silence import lose_silent_runs
from tracking.ingest.accept import accept_batch
from tracking.limits import SILENT_SECONDS
from tracking.models import Heartbeat, LastWord, Project, Run

DONE = {"state": "finished", "exit_code": 0}


@pytest.fixture
def run(project: Project, bob: User) -> Run:
    return make_run(project, bob, config={"lr": 0.1, "optim": {"name": "adam"}})


def say(run: Run, seq: int, *updates: tuple[int, str, dict[str, Any]], writer: str = "w", rows: Any = ()) -> Run:
    accept_batch(run, writer, seq, codec="", body=batch_of(rows, updates))
    run.refresh_from_db()
    return run


def silent(run: Run, seconds: float = SILENT_SECONDS + 1) -> None:
    Heartbeat.objects.filter(run=run).update(seen_at=timezone.now() - timedelta(seconds=seconds))


def test_a_run_ends_as_it_says(run: Run) -> None:
    say(run, 0, (5_000, "finish", {"state": "killed", "exit_code": -9, "reason": "out of\0 memory"}))
    assert (run.state, run.exit_code, run.end_reason) == ("killed", -9, "out of  memory")
    assert run.ended_at == datetime.fromtimestamp(5, UTC)


def test_a_run_with_another_exit_code_than_0_did_not_finish(run: Run) -> None:
    assert say(run, 0, (5_000, "finish", {"state": "finished", "exit_code": 1})).state == "failed"


def test_a_later_batch_of_the_same_writer_returns_it_to_running(run: Run) -> None:
    say(run, 1, (5_000, "finish", DONE))
    assert say(run, 0, rows=line("loss", [1.0])).state == "finished"
    assert say(run, 2, rows=line("loss", [1.0])).state == "running"
    assert (run.exit_code, run.ended_at) == (None, None)


def test_another_writer_that_goes_on_later_returns_it_to_running(run: Run) -> None:
    say(run, 0, (5_000, "finish", {"state": "failed", "exit_code": 1}))
    assert say(run, 0, rows=[(0, 4_000, {"loss": 1.0})], writer="early").state == "failed"
    assert say(run, 0, rows=[(0, 6_000, {"loss": 1.0})], writer="resumed").state == "running"
    assert say(run, 1, (9_000, "finish", DONE), writer="resumed").state == "finished"


def test_a_silent_run_is_lost_and_comes_back(run: Run) -> None:
    silent(run, SILENT_SECONDS - 5)
    assert lose_silent_runs() == 0
    silent(run)
    before = Heartbeat.objects.get(run=run)
    assert lose_silent_runs() == 1
    run.refresh_from_db()
    assert (run.state, run.end_reason, run.ended_at) == ("lost", "not heard of for 60 s", before.seen_at)
    assert Heartbeat.objects.get(run=run).revision == before.revision + 1
    assert lose_silent_runs() == 0
    assert say(run, 0, rows=line("loss", [1.0])).state == "running"
    assert (run.ended_at, run.end_reason) == (None, "")


def test_an_ended_run_is_never_lost(run: Run) -> None:
    say(run, 0, (5_000, "finish", DONE))
    silent(run)
    assert lose_silent_runs() == 0


def test_a_lost_run_that_says_its_end_has_ended(run: Run) -> None:
    silent(run)
    lose_silent_runs()
    assert say(run, 0, (5_000, "finish", DONE)).state == "finished"


def test_data_in_the_very_moment_of_loss_is_noticed(run: Run) -> None:
    Run.objects.filter(pk=run.pk).update(state="lost")  # as if the batch had committed between look and loss
    assert lose_silent_runs() == 1
    run.refresh_from_db()
    assert run.state == "running"


def test_heartbeats(run: Run, api_of: Callable[[str], Client], log_key: str, stranger_key: str) -> None:
    address = f"/api/v1/runs/{run.uid}/heartbeat"
    silent(run)
    revision = Heartbeat.objects.get(run=run).revision
    assert api_of(log_key).post(address, {}, content_type="application/json").json() == {"state": "running"}
    beat = Heartbeat.objects.get(run=run)
    assert timezone.now() - beat.seen_at < timedelta(seconds=30)
    assert beat.revision == revision
    silent(run)
    lose_silent_runs()
    assert api_of(log_key).post(address).json() == {"state": "running"}
    say(run, 0, (5_000, "finish", DONE))
    assert api_of(log_key).post(address).json() == {"state": "finished"}
    assert api_of(stranger_key).post(address).status_code == 404
    assert Client().post(address).status_code == 401


def test_config_is_laid_over_key_by_key_in_order_of_time(run: Run) -> None:
    say(run, 1, (2_000, "config", {"lr": 0.3, "epochs": 5}))
    say(run, 0, (1_000, "config", {"lr": 0.2, "seed": 1}))
    say(run, 2, (3_000, "config", {"optim": {"beta": 0.9}}), (3_000, "summary", {"best": 1}))
    assert run.config == {"lr": 0.3, "epochs": 5, "seed": 1, "optim": {"beta": 0.9}}
    assert run.summary == {"best": 1}


def test_what_people_do_to_tags_stays(run: Run) -> None:
    say(run, 0, (1_000, "tags", {"add": ["a", "b"]}))
    run.tags.remove(run.tags.get(name="a"))
    say(run, 1, (2_000, "tags", {"add": ["c"], "remove": ["b"]}))
    assert sorted(run.tags.values_list("name", flat=True)) == ["c"]


def test_lost_records_are_counted(run: Run) -> None:
    say(run, 0, (1_000, "lost", {"count": 3, "reason": "disk full"}))
    assert say(run, 1, (2_000, "lost", {"count": 4})).lost_records == 7


@pytest.mark.parametrize("codes", [(1, 2), (2, 1)])
def test_of_two_ends_in_one_moment_the_same_one_counts_in_any_order(run: Run, codes: tuple[int, int]) -> None:
    for code in codes:
        say(run, 0, (5_000, "finish", {"state": "failed", "exit_code": code}), writer=f"w{code}")
    assert run.exit_code == 2


def test_of_a_hundred_thousand_tags_of_one_batch_1024_are_remembered_and_64_put_on(run: Run) -> None:
    names = [[f"t{64 * update + i:06}" for i in range(64)] for update in range(1_600)]
    say(run, 0, *[(5_000 - update, "tags", {"add": added}) for update, added in enumerate(names)])
    assert set(run.tags.values_list("name", flat=True)) == set(names[15])  # the first by time of the first 1,024 by name
    say(run, 1, *[(5_000 + update, "tags", {"remove": removed}) for update, removed in enumerate(names[1:])])
    assert set(run.tags.values_list("name", flat=True)) == set(names[0])
    assert LastWord.objects.filter(run=run, kind="tags").count() == 1_024


def test_a_tag_pushed_out_is_off_in_any_order(project: Project, bob: User) -> None:
    """Whether it was put on while there was room, or came when there was none."""
    late, crowd = (
        (1_000, "tags", {"add": ["z"]}),
        [(2_000, "tags", {"add": [f"a{i:04}" for i in range(at, at + 64)]}) for at in range(0, 1_024, 64)],
    )
    for batches in ([[late], crowd], [crowd, [late]]):
        run = make_run(project, bob, tags=("z", "mine"))
        for seq, updates in enumerate(batches):
            say(run, seq, *updates, writer=f"w{len(updates)}")
        assert set(run.tags.values_list("name", flat=True)) == {"mine", *(f"a{i:04}" for i in range(64))}
