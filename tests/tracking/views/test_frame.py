"""Frames, CSV and pulse as the pages ask for them."""

import csv
import io
import json
import math
import struct
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs

import numpy as np
import pytest
from django.http import HttpResponse
from django.test import Client

from accounts.actor import Actor
from accounts.models import User
from tests.factories.tracking import log_metrics, make_run
from tracking.actions.run import edit_run
from tracking.aggregates.fold import fold_run
from tracking.limits import CHUNK_POINTS
from tracking.models import Project
from tracking.queries import axis, stretch
from tracking.queries.pulse import project_revision

ClientOf = Callable[[User], Client]


def header_of(answer: HttpResponse) -> dict[str, object]:
    assert answer.content[:4] == b"LLF1"
    (length,) = struct.unpack("<I", answer.content[4:8])
    return json.loads(answer.content[8 : 8 + length])


def rows_of(answer: HttpResponse) -> list[list[str]]:
    return list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode())))


def test_a_frame_of_a_query_holds_the_runs_that_match(client_of: ClientOf, project: Project, bob: User) -> None:
    for seed in (1, 2):
        log_metrics(make_run(project, bob, f"s{seed}", seed=seed, group="g"), {"loss": [2.0, 1.0]})
    make_run(project, bob, "silent", seed=1)
    answer = client_of(bob).get("/meridian/digits/frame", {"query": "seed:1", "key": "loss", "group": "group"})
    header = header_of(answer)
    assert answer["Content-Type"] == "application/octet-stream"
    assert (header["matched"], header["hidden"]) == (2, 1)
    assert [(run["name"], run["slot"], run["group"]) for run in header["runs"]] == [("s1", 1, "g")]


def test_a_frame_draws_as_many_runs_as_asked(client_of: ClientOf, project: Project, bob: User) -> None:
    for name in ("first", "second", "third"):
        log_metrics(make_run(project, bob, name), {"loss": [2.0]})
    header = header_of(client_of(bob).get("/meridian/digits/frame", {"key": "loss", "limit": "2"}))
    assert (header["matched"], header["hidden"]) == (3, 1)
    assert [run["name"] for run in header["runs"]] == ["second", "third"]


def test_frames_of_several_metrics_come_one_after_the_other(client_of: ClientOf, project: Project, bob: User) -> None:
    run = make_run(project, bob)
    log_metrics(run, {"loss": [2.0, 1.0, 0.5], "acc": [0.5, 0.25, math.nan]})
    bobs = client_of(bob)
    for address in (f"/meridian/digits/runs/{run.uid}/frame", "/meridian/digits/frame"):
        alone = [bobs.get(address, {"key": key, "width": "300"}).content for key in ("loss", "acc", "none")]
        together = bobs.get(address, {"key": ["loss", "acc", "none"], "width": "300"})
        assert together.content == b"".join(alone)
        assert [len(part) % 8 for part in alone] == [0, 0, 0]


@pytest.mark.parametrize(("keys", "width"), [(21, 100), (11, 2000), (11, 999_999)])
def test_more_charts_than_one_answer_holds_are_refused_in_words(
    client_of: ClientOf, project: Project, bob: User, keys: int, width: int
) -> None:
    asked = {"key": [f"k{i}" for i in range(keys)], "width": str(width)}
    answer = client_of(bob).get("/meridian/digits/frame", asked)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "too_many_charts")
    assert "Ask in several requests" in answer.json()["error"]["message"]
    fewer = asked | {"key": asked["key"][: keys - 1]}
    assert client_of(bob).get("/meridian/digits/frame", fewer).status_code == 200


def test_an_unchanged_frame_is_not_sent_again(client_of: ClientOf, project: Project, bob: User) -> None:
    run = make_run(project, bob)
    log_metrics(run, {"loss": [2.0, 1.0]})
    bobs, address = client_of(bob), f"/meridian/digits/runs/{run.uid}/frame?key=loss"
    first = bobs.get(address)
    again = bobs.get(address, headers={"If-None-Match": first["ETag"]})
    assert (first.status_code, again.status_code, again.content) == (200, 304, b"")
    assert "private" in first["Cache-Control"]
    log_metrics(run, {"loss": [0.5]}, seq=1, first_step=2)
    assert bobs.get(address, headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_rows_that_a_page_has_are_not_read_nor_sent_again(client_of: ClientOf, project: Project, bob: User) -> None:
    runs = [make_run(project, bob, name) for name in ("still", "silent", "logs")]
    for run, key in zip(runs, ("loss", "acc", "loss"), strict=True):
        log_metrics(run, {key: [2.0, 1.0]})
    bobs, address = client_of(bob), "/meridian/digits/frame?key=loss"
    first = header_of(bobs.get(address))
    known = {run["uid"]: run["revision"] for run in first["runs"]} | first["without"]
    assert known.keys() == {run.uid for run in runs}
    log_metrics(runs[2], {"loss": [0.5]}, seq=1, first_step=2)
    answer = bobs.get(address, {"key": "loss", "have": "-".join(f"{uid}.{revision}" for uid, revision in known.items())})
    header = header_of(answer)
    assert [(run["name"], run.get("same"), run.get("total")) for run in header["runs"]] == [
        ("still", True, None),
        ("silent", True, None),
        ("logs", None, 3),
    ]
    assert header["columns"]["x"]["length"] == 3
    assert header["revision"] != first["revision"]
    new = make_run(project, bob, "new")
    log_metrics(new, {"loss": [3.0]})
    names = [run["name"] for run in header_of(bobs.get(address, {"key": "loss", "have": "no.sense-." + "9" * 30}))["runs"]]
    assert names == ["still", "logs", "new"]


def test_rows_that_hold_a_replaced_value_are_sent_again_after_the_fold(
    client_of: ClientOf, project: Project, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = make_run(project, bob)
    spike = np.zeros(2 * CHUNK_POINTS)
    spike[77] = 1000.0
    log_metrics(run, {"loss": spike.tolist()})
    log_metrics(run, {"loss": [0.0]}, seq=1, first_step=77, fold=False)
    monkeypatch.setattr(stretch, "OPENED_CHUNKS", 0)
    bobs, asked = client_of(bob), {"key": "loss", "width": "100"}
    (before,) = header_of(bobs.get("/meridian/digits/frame", asked))["runs"]
    fold_run(run.pk)
    answer = bobs.get("/meridian/digits/frame", asked | {"have": f"{run.uid}.{before['revision']}"})
    (after,) = header_of(answer)["runs"]
    assert (before["total"], after["total"]) == (2 * CHUNK_POINTS + 1, 2 * CHUNK_POINTS)


@pytest.mark.parametrize("have", ["a" * 60_000, "a." + "1" * 60_000, "a.1-" * 15_000, "a.²-b.１"])
def test_nonsense_about_what_one_has_costs_nothing(client_of: ClientOf, project: Project, bob: User, have: str) -> None:
    began = time.process_time()
    answer = client_of(bob).get("/meridian/digits/frame", {"key": "loss", "have": have})
    assert answer.status_code == 200
    assert time.process_time() - began < 5  # a search that looks back took 20 s


def test_a_frame_of_groups_is_sent_whole_once_it_has_means(client_of: ClientOf, project: Project, bob: User) -> None:
    runs = [make_run(project, bob, name, group="a") for name in ("still", "logs")]
    for run in runs:
        log_metrics(run, {"loss": [2.0, 1.0]})
    bobs, asked = client_of(bob), {"key": "loss", "group": "group", "width": "100"}
    for seq, points in ((1, 3), (2, 3_000)):
        known = header_of(bobs.get("/meridian/digits/frame", asked))["runs"]
        log_metrics(runs[1], {"loss": [0.5] * points}, seq=seq, first_step=10 * seq)
        have = "-".join(f"{run['uid']}.{run['revision']}" for run in known)
        header = header_of(bobs.get("/meridian/digits/frame", asked | {"have": have}))
        assert ("mean" in header["columns"], header["runs"][0].get("same", False)) == (
            (True, False) if seq == 2 else (False, True)
        )


@pytest.mark.parametrize(("accepted", "most"), [("zstd", 12_000), ("gzip", 14_000)])
def test_a_long_curve_is_small_on_its_way(client_of: ClientOf, project: Project, bob: User, accepted: str, most: int) -> None:
    run = make_run(project, bob)
    steps = np.arange(40_000)
    noise = np.random.default_rng(0).normal(0, 0.02, len(steps))
    log_metrics(run, {"loss": (3 / (1 + steps / 500) + noise).astype("<f4").tolist()})
    answer = client_of(bob).get(f"/meridian/digits/runs/{run.uid}/frame?key=loss", headers={"Accept-Encoding": accepted})
    assert answer["Content-Encoding"] == accepted
    assert len(answer.content) <= most
    again = client_of(bob).get(
        f"/meridian/digits/runs/{run.uid}/frame?key=loss",
        headers={"Accept-Encoding": accepted, "If-None-Match": answer["ETag"]},
    )
    assert again.status_code == 304


@pytest.mark.parametrize(
    "asked", ["", "key=%00", "key=loss&width=0", "key=loss&width=99999999", "key=loss&width=x", "key=loss&first=9&last=-9",
              "key=loss&first=99999999999999999999", "key=loss&group=config.%00", "key=" + "x" * 5000]
)  # fmt: skip
def test_whatever_an_address_says_a_frame_comes(client_of: ClientOf, project: Project, bob: User, asked: str) -> None:
    run = make_run(project, bob)
    log_metrics(run, {"loss": [2.0, math.nan, math.inf, -0.0]})
    for address in ("/meridian/digits/frame", f"/meridian/digits/runs/{run.uid}/frame"):
        answer = client_of(bob).get(f"{address}?{asked}")
        assert answer.status_code == 200
        assert len(header_of(answer)["runs"]) <= 1


@pytest.mark.parametrize(
    "asked", ["x=step", "x=relative", "x=wall", "x=acc", "x=none", "x=%00", "x=relative&first=0.5&last=1e3",
              "x=wall&first=1e999", "x=wall&first=nan&last=x", "x=acc&first=-0.5", "x=" + "y" * 5000]
)  # fmt: skip
def test_a_frame_comes_over_any_axis(client_of: ClientOf, project: Project, bob: User, asked: str) -> None:
    run = make_run(project, bob)
    log_metrics(run, {"loss": [2.0, math.nan, math.inf, -0.0], "acc": [0.5, 0.25, math.nan, 1.0]})
    for address in ("/meridian/digits/frame", f"/meridian/digits/runs/{run.uid}/frame"):
        answer = client_of(bob).get(f"{address}?key=loss&{asked}")
        assert answer.status_code == 200
        assert len(header_of(answer)["runs"]) == 1
    assert header_of(answer)["x"] == (parse_qs(asked)["x"][0].replace("\0", "") or "step")[:201]


def test_a_chart_over_time_of_too_many_points_says_what_to_do(
    client_of: ClientOf, project: Project, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    log_metrics(make_run(project, bob), {"loss": [2.0, 1.0]})
    monkeypatch.setattr(axis, "EXACT_POINTS", 1)
    answer = client_of(bob).get("/meridian/digits/frame?key=loss&x=wall")
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "too_many_points")
    assert "draw it by step" in answer.json()["error"]["message"]


def test_a_chart_that_a_rule_draws_over_a_metric_falls_back_on_steps(
    client_of: ClientOf, project: Project, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    log_metrics(make_run(project, bob), {"loss": [2.0, 1.0], "epoch": [0.5, 1.0]})
    asked = "/meridian/digits/frame?key=loss&x=epoch&else=step&first=0.7"
    assert header_of(client_of(bob).get(asked))["x"] == "epoch"
    monkeypatch.setattr(axis, "EXACT_POINTS", 1)
    header = header_of(client_of(bob).get(asked))
    assert (header["x"], header["runs"][0]["total"]) == ("step", 2)  # a place on the axis is none among the steps


def test_a_query_that_cannot_be_read_says_where(client_of: ClientOf, project: Project, bob: User) -> None:
    for part in ("frame", "frame.csv"):
        answer = client_of(bob).get(f"/meridian/digits/{part}?query=tag:&key=loss")
        assert (answer.status_code, answer.json()["error"]["position"]) == (400, 4)


def test_csv_is_exact_and_no_cell_is_a_formula(client_of: ClientOf, project: Project, bob: User) -> None:
    run = make_run(project, bob, "=cmd|' /C calc'!A0")
    log_metrics(run, {"=key": [0.1, math.nan, -math.inf, -0.0]})
    whole = client_of(bob).get(f"/meridian/digits/runs/{run.uid}/history.csv")
    assert rows_of(whole) == [
        ["key", "step", "time_ms", "value", "writer"],
        ["'=key", "0", "0", "0.1", "w"],
        ["'=key", "1", "1000", "nan", "w"],
        ["'=key", "2", "2000", "-inf", "w"],
        ["'=key", "3", "3000", "-0.0", "w"],
    ]
    assert whole["Content-Disposition"] == 'attachment; filename="cmd-C-calc-A0.csv"'
    chart = client_of(bob).get("/meridian/digits/frame.csv", {"key": "=key"})
    assert [row[0] for row in rows_of(chart)] == ["run", *["'=cmd|' /C calc'!A0"] * 4]


def test_the_pulse_tells_revisions_and_states_of_this_project_only(
    client_of: ClientOf, project: Project, elsewhere_project: Project, bob: User, charlie: User
) -> None:
    mine, theirs = make_run(project, bob), make_run(elsewhere_project, charlie)
    before = client_of(bob).get(f"/meridian/digits/pulse?runs={mine.uid},{theirs.uid},%00").json()
    log_metrics(mine, {"loss": [1.0]})
    after = client_of(bob).get(f"/meridian/digits/pulse?runs={mine.uid},{theirs.uid}").json()
    assert before["runs"] == {mine.uid: [0, "running"]}
    assert after["runs"] == {mine.uid: [1, "running"]}
    assert after["project"] > before["project"]


def test_the_revision_of_a_project_counts_its_newest_and_its_running_runs(project: Project, bob: User) -> None:
    ended, running, latest = (make_run(project, bob) for _ in range(3))
    made = (latest.created_at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
    log_metrics(ended, {}, finish={"state": "finished", "exit_code": 0})
    assert [project_revision(project, newest) - made for newest in (1, 3)] == [0, 1]
    edit_run(by=Actor(bob), run=ended, name="renamed")
    assert [project_revision(project, newest) - made for newest in (1, 3)] == [0, 2]
    log_metrics(running, {"loss": [1.0]})
    assert [project_revision(project, newest) - made for newest in (1, 3)] == [1, 3]


def test_strangers_get_none_of_it(client_of: ClientOf, project: Project, charlie: User) -> None:
    for part in ("frame?key=a", "frame.csv?key=a", "pulse"):
        assert client_of(charlie).get(f"/meridian/digits/{part}").status_code == 404
