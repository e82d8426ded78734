"""Runs over the API: begun once, read, listed, edited, and invisible to strangers."""

from collections.abc import Callable

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.actor import Actor
from accounts.models import User
from tests.factories.tracking import make_run
from tracking.actions.tag import tag_run
from tracking.models import Project, Run

Api = Callable[[str], Client]
UID = "0123456789abcdef"
JSON = "application/json"


def begin(client: Client, **body: object) -> object:
    return client.post("/api/v1/runs", {"uid": UID, "project": "digits"} | body, content_type=JSON)


def test_a_run_is_begun_with_everything_a_trainer_says(api_of: Api, log_key: str, project: Project, bob: User) -> None:
    said = {"name": "cosine-s2", "group": "cosine", "job_type": "train", "seed": 2, "notes": "only the seed"}
    answer = begin(api_of(log_key), **said, config={"lr": 3e-4, "model": {"dim": 8}}, tags=["warmup", "b"])
    assert answer.status_code == 201
    run = Run.objects.get(uid=UID)
    assert answer.json()["url"].endswith(f"/meridian/digits/runs/{UID}")
    told = {word: answer.json()[word] for word in answer.json() if word != "url"}
    assert told == {"uid": UID, "project": "meridian/digits", "name": "cosine-s2", "state": "running"}
    assert {word: getattr(run, word) for word in said} == said
    assert sorted(run.tags.values_list("name", flat=True)) == ["b", "warmup"]
    assert run.config == run.first_config == {"lr": 3e-4, "model": {"dim": 8}}
    assert (run.project, run.created_by, run.heartbeat.revision) == (project, bob, 0)


def test_the_same_uid_again_is_the_same_run_unchanged(api_of: Api, log_key: str, project: Project) -> None:
    first = begin(api_of(log_key), name="one", config={"lr": 1})
    again = begin(api_of(log_key), name="two", config={"lr": 2})
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert Run.objects.count() == 1


def test_a_run_without_a_name_gets_one_from_its_uid(api_of: Api, log_key: str, project: Project) -> None:
    assert begin(api_of(log_key), name=None).json()["name"] == "run-012345"


def test_a_missing_project_is_made(api_of: Api, log_key: str, bob: User) -> None:
    assert begin(api_of(log_key), project="meridian/new-line").status_code == 201
    assert Project.objects.get().slug == "new-line"


@pytest.mark.parametrize("slug", ["reports", "Has Space", "../etc", "x" * 65, "A", "-a", ""])
def test_a_project_that_cannot_be_an_address_is_refused(api_of: Api, log_key: str, slug: str) -> None:
    answer = begin(api_of(log_key), project=f"meridian/{slug}")
    assert answer.status_code == 422
    assert answer.json()["error"]["code"] in {"unacceptable_project", "invalid"}
    assert Project.objects.count() == 0


def test_another_teams_project_is_like_one_that_does_not_exist(
    api_of: Api, log_key: str, project: Project, elsewhere_project: Project
) -> None:
    theirs = begin(api_of(log_key), project="elsewhere/digits")
    absent = begin(api_of(log_key), project="nowhere/digits")
    assert theirs.status_code == absent.status_code == 404
    assert theirs.json() == absent.json()


def test_a_uid_of_another_teams_run_is_taken_and_tells_nothing(
    api_of: Api, log_key: str, stranger_key: str, project: Project, elsewhere_project: Project
) -> None:
    assert begin(api_of(stranger_key)).status_code == 201
    answer = begin(api_of(log_key))
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "uid_taken")
    assert "elsewhere" not in answer.content.decode()


def test_a_key_that_may_only_read_begins_nothing(api_of: Api, read_key: str, project: Project) -> None:
    answer = begin(api_of(read_key))
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "forbidden")


def test_without_a_key_the_answer_is_401_in_the_common_shape(client: Client) -> None:
    answer = begin(client)
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "not_authenticated")
    assert answer["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("field", ["id", "state", "created_by", "created_at", "lost_records", "exit_code", "team"])
def test_nobody_assigns_what_is_not_theirs_to_say(
    api_of: Api, log_key: str, write_key: str, project: Project, field: str
) -> None:
    begin(api_of(log_key), **{field: 7})
    before = api_of(write_key).get(f"/api/v1/runs/{UID}").json()
    assert 7 not in before.values()
    api_of(write_key).patch(f"/api/v1/runs/{UID}", {field: 7}, content_type=JSON)
    assert api_of(write_key).get(f"/api/v1/runs/{UID}").json() == before
    assert before["state"] == "running"


def test_editing_moves_the_revision(api_of: Api, write_key: str, project: Project, bob: User) -> None:
    run = make_run(project, bob, "one", uid=UID)
    answer = api_of(write_key).patch(f"/api/v1/runs/{UID}", {"name": "two", "tags": ["x"]}, content_type=JSON)
    assert answer.status_code == 200
    assert (answer.json()["name"], answer.json()["tags"]) == ("two", ["x"])
    run.heartbeat.refresh_from_db()
    assert run.heartbeat.revision == 2


def test_a_change_that_is_refused_changes_nothing(api_of: Api, write_key: str, project: Project, bob: User) -> None:
    make_run(project, bob, "one", uid=UID)
    answer = api_of(write_key).patch(f"/api/v1/runs/{UID}", {"name": "two", "tags": ["a\tb"]}, content_type=JSON)
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "unacceptable_tag")
    assert Run.objects.get(uid=UID).name == "one"


def test_a_log_key_reads_and_edits_nothing(api_of: Api, log_key: str, project: Project, bob: User) -> None:
    make_run(project, bob, uid=UID, notes="said to colleagues", config={"said": 1})
    assert set(begin(api_of(log_key)).json()) == {"uid", "project", "name", "url", "state"}
    assert api_of(log_key).get(f"/api/v1/runs/{UID}").status_code == 404
    assert api_of(log_key).get("/api/v1/runs").json() == {"runs": [], "next": None}


def test_a_stranger_sees_no_run(api_of: Api, stranger_key: str, project: Project, bob: User) -> None:
    make_run(project, bob, uid=UID)
    stranger = api_of(stranger_key)
    theirs, absent = stranger.get(f"/api/v1/runs/{UID}"), stranger.get("/api/v1/runs/zzzzzzzzzzzzzzzz")
    assert theirs.status_code == absent.status_code == 404
    assert theirs.json() == absent.json()
    assert stranger.get("/api/v1/runs?project=meridian/digits").json() == {"runs": [], "next": None}
    assert stranger.get(f"/api/v1/runs?cursor={UID}").status_code == 400


def test_pages_follow_one_another_without_a_gap(api_of: Api, read_key: str, project: Project, bob: User) -> None:
    made = [make_run(project, bob, f"run {i}").uid for i in range(53)]
    reader = api_of(read_key)
    first = reader.get("/api/v1/runs?project=digits").json()
    second = reader.get(f"/api/v1/runs?project=meridian/digits&cursor={first['next']}").json()
    assert [run["uid"] for run in first["runs"] + second["runs"]] == made[::-1]
    assert (len(first["runs"]), second["next"]) == (50, None)


def test_the_list_takes_the_query_language(api_of: Api, read_key: str, project: Project, bob: User) -> None:
    wanted = make_run(project, bob, "warm", seed=1)
    make_run(project, bob, "warm too", seed=2)
    found = api_of(read_key).get("/api/v1/runs", {"query": "seed:1 warm"}).json()
    assert [run["uid"] for run in found["runs"]] == [wanted.uid]
    bad = api_of(read_key).get("/api/v1/runs", {"query": "stat:running"})
    assert (bad.status_code, bad.json()["error"]) == (
        400,
        {
            "code": "bad_query",
            "message": "`stat` is not a field of runs. Did you mean `state`?",
            "position": 0,
            "suggestion": "state",
        },
    )


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_as_often_for_three_runs_as_for_one(
    api_of: Api,
    read_key: str,
    project: Project,
    bob: User,
    rows: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for i in range(rows):
        tag_run(by=Actor(bob), run=make_run(project, bob), names=[f"t{i}", "all"])
    reader = api_of(read_key)
    reader.get("/api/v1/me")  # notes the use of the key, once a minute
    with django_assert_num_queries(3):
        assert len(reader.get("/api/v1/runs").json()["runs"]) == rows


def test_me_says_whose_key_this_is(api_of: Api, log_key: str) -> None:
    assert api_of(log_key).get("/api/v1/me").json() == {
        "user": "bob@example.org",
        "team": "meridian",
        "scopes": ["log"],
        "url": "http://127.0.0.1:8000/meridian/",
    }


def test_an_unknown_address_is_json_too(client: Client) -> None:
    answer = client.get("/api/v1/no/such/thing")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")
