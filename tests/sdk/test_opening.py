"""A run is made whatever its description holds: its points never wait for a header to be mended."""

import json
from typing import Any

import lablore
import pytest
from lablore._delivery import Delivery
from lablore._server import Server
from lablore._session import _start
from lablore._settings import Access
from lablore.sync import push

from tests.sdk.recording import everything, recorded
from tests.sdk.run_rules import depth
from tests.sdk.server import KEY, Ask, LabServer, Reply

UID = "0123456789abcdef"


def nested(levels: int) -> dict[str, Any]:
    value: dict[str, Any] = {}
    for _ in range(levels - 1):
        value = {"in": value}
    return value


def posted(lab: LabServer) -> list[dict[str, Any]]:
    """The bodies that would have made a run, in order."""
    return [json.loads(ask.body) for ask in lab.asks if ask.path == "/api/v1/runs"]


def at_the_description(reply: Reply) -> Any:
    """Trouble for every run that is posted with a config."""

    def trouble(ask: Ask) -> Reply | None:
        return reply if ask.path == "/api/v1/runs" and "config" in json.loads(ask.body) else None

    return trouble


@pytest.mark.parametrize("levels", [2, 30, 31, 32])
def test_a_config_of_every_depth_that_is_recorded_arrives(lab: LabServer, levels: int) -> None:
    config = nested(levels)
    assert depth(config) == levels
    with lablore.init(project="digits", mode="offline", config=config, notes="why") as run:
        run.log({"loss": 0.5})
    done = push(run.dir, Access(lab.url, KEY))
    assert (done.is_complete(), done.status.notices) == (True, [])
    assert len(posted(lab)) == 1
    assert lab.runs[run.id].get("config") == (config if levels < 32 else None)
    assert lab.runs[run.id]["notes"] == "why"
    assert lab.updates(run.id, "config") == [config]
    assert lab.values(run.id, "loss") == [(0, 0.5)]


def test_a_config_that_is_too_deep_is_told_and_costs_no_point(lab: LabServer, capsys: pytest.CaptureFixture[str]) -> None:
    with lablore.init(project="digits", mode="offline", config=nested(33)) as run:
        run.log({"loss": 0.5})
    assert "not recorded: config: ValueError: nested deeper than 32" in capsys.readouterr().err
    assert push(run.dir, Access(lab.url, KEY)).is_complete()
    assert lab.values(run.id, "loss") == [(0, 0.5)]
    assert [update["count"] for update in lab.updates(run.id, "lost")] == [1]


@pytest.mark.parametrize(
    ("given", "project"),
    [
        ("My Digits", "my-digits"),
        ("Größe 2.1", "groe-2-1"),
        ("損失", "uncategorized"),
        ("x" * 129, "x" * 64),
        ("vision/" + "x" * 300, "vision/" + "x" * 64),
        ("vision/a/b", "vision/a-b"),
        ("Vision Lab/digits", "digits"),
        ("t" * 100 + "/digits", "digits"),
        ("vision/", "vision/uncategorized"),
        ("-digits-", "digits"),
        ("a\nb", "a-b"),
        ("../../etc", "etc"),
    ],
)
def test_a_project_no_server_takes_is_mended_and_told(
    lab: LabServer, capsys: pytest.CaptureFixture[str], given: str, project: str
) -> None:
    with lablore.init(project=given, mode="offline") as run:
        run.log({"loss": 0.5})
    said = [line for line in capsys.readouterr().err.splitlines() if "short name" in line]
    assert len(said) == 1
    assert said[0].endswith(f' is logged as "{project}": a short name is 1 to 64 of a-z, 0-9, - and _')
    assert run.project == project
    done = push(run.dir, Access(lab.url, KEY))
    assert (done.is_complete(), done.status.notices) == (True, [])
    assert lab.runs[run.id]["project"] == project
    assert lab.values(run.id, "loss") == [(0, 0.5)]


@pytest.mark.parametrize("given", ["digits", "vision/digits", "Vision_2/d--1-", "_x", "9", "v/" + "x" * 64])
def test_a_project_that_fits_stays(capsys: pytest.CaptureFixture[str], given: str) -> None:
    with lablore.init(project=given, mode="offline") as run:
        assert run.project == given
    assert "short name" not in capsys.readouterr().err


@pytest.mark.parametrize("status", [400, 413, 422, 418])
def test_a_refused_description_is_left_out(lab: LabServer, status: int) -> None:
    with lablore.init(project="digits", mode="offline", name="n", config={"lr": 1}, tags=["t"], notes="why", seed=7) as run:
        run.log({"loss": 0.5})
    lab.trouble = at_the_description(Reply(status, b'{"error": {"code": "no", "message": "not so"}}'))
    done = push(run.dir, Access(lab.url, KEY))
    assert done.is_complete()
    assert lab.runs[run.id] == {"uid": run.id, "project": "digits", "name": "n", "seed": 7}
    assert lab.updates(run.id, "config") == [{"lr": 1}]
    assert lab.updates(run.id, "tags") == [{"add": ["t"], "remove": []}]
    assert lab.values(run.id, "loss") == [(0, 0.5)]
    told = "the run is made without config, notes and tags; config and tags follow with its records"
    assert done.status.notices == [f"{lab.url} answered {status}: not so; {told}"]


def test_a_description_is_not_left_out_for_a_passing_trouble(lab: LabServer) -> None:
    run = recorded()
    seen = []

    def trouble(ask: Ask) -> Reply | None:
        seen.append(ask.path)
        return Reply(503, headers={"Retry-After": "0"}) if len(seen) == 1 else None

    lab.trouble = trouble
    assert push(run.dir, Access(lab.url, KEY)).is_complete()
    assert posted(lab)[0] == posted(lab)[1]
    everything(lab, run)


@pytest.mark.parametrize(("given", "project"), [("runs", "uncategorized"), ("vision/settings", "vision/uncategorized")])
def test_a_project_the_server_keeps_for_itself_is_replaced_and_told(lab: LabServer, given: str, project: str) -> None:
    with lablore.init(project=given, mode="offline", config={"lr": 1}) as run:
        run.log({"loss": 0.5})
    done = push(run.dir, Access(lab.url, KEY))
    assert done.is_complete()
    assert lab.runs[run.id] == {"uid": run.id, "project": project, "config": {"lr": 1}}
    assert done.status.notices == [
        f'{lab.url} answered 422: Choose another short name.; the run goes to the project "{project}"'
    ]
    assert lab.values(run.id, "loss") == [(0, 0.5)]


def test_the_servers_suggestion_is_taken(lab: LabServer) -> None:
    with lablore.init(project="vision/digits", mode="offline") as run:
        pass
    error = {"code": "unacceptable_project", "message": "no", "suggestion": "digits-2"}
    refuse = Reply(422, json.dumps({"error": error}).encode())
    lab.trouble = lambda ask: refuse if b'vision/digits"' in ask.body else None
    assert push(run.dir, Access(lab.url, KEY)).is_complete()
    assert lab.runs[run.id]["project"] == "vision/digits-2"


@pytest.mark.parametrize(
    "fields",
    [
        {"project": "y" * 200, "config": nested(32), "notes": "n"},
        {"project": "Vision Lab/" + "y" * 130, "config": nested(32), "tags": ["t"]},
        {"project": "digits", "config": {"x": "x" * 300_000}, "notes": "n"},
    ],
)
def test_what_an_older_sdk_recorded_is_delivered_too(lab: LabServer, fields: dict[str, Any]) -> None:
    with _start({"uid": UID, **fields}, Access(lab.url, ""), "offline", None) as run:
        run.log({"loss": 0.5})
    assert push(run.dir, Access(lab.url, KEY)).is_complete()
    assert lab.values(UID, "loss") == [(0, 0.5)]
    assert lab.runs[UID] == {"uid": UID, "project": "y" * 64 if "y" in fields["project"] else "digits"}


@pytest.mark.parametrize(
    ("reply", "asked"),
    [
        (Reply(409, b'{"error": {"code": "uid_taken", "message": "Make a new one."}}'), 1),
        (Reply(403, b'{"error": {"code": "forbidden", "message": "no"}}'), 1),
        (Reply(405, b"<html>"), 2),
    ],
)
def test_who_refuses_the_run_itself_is_not_pressed(lab: LabServer, reply: Reply, asked: int) -> None:
    with lablore.init(project="digits", mode="offline", config={"lr": 1}) as run:
        run.log({"loss": 0.5})
    lab.trouble = lambda ask: reply
    done = push(run.dir, Access(lab.url, KEY))
    assert f"answered {reply.status}" in done.why
    assert done.status.stopped
    assert len(posted(lab)) == asked
    assert {body["project"] for body in posted(lab)} == {"digits"}
    lab.trouble = lambda ask: None
    assert push(run.dir, Access(lab.url, KEY)).is_complete()
    assert lab.runs[run.id]["config"] == {"lr": 1}


def test_a_server_that_always_has_another_idea_is_left(lab: LabServer) -> None:
    run = recorded()

    def trouble(ask: Ask) -> Reply:
        error = {"code": "unacceptable_project", "message": "no", "suggestion": f"p{len(lab.asks)}"}
        return Reply(422, json.dumps({"error": error}).encode())

    lab.trouble = trouble
    with Server(Access(lab.url, KEY)) as server, Delivery(run.dir, server) as delivery:
        delivery.round()
        assert delivery.status.stopped
    assert len(posted(lab)) <= 5
