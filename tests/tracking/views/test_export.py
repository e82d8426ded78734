"""A run or a project as a file, from its page and over the API."""

import io
from collections.abc import Callable

import pyarrow.parquet as pq
import pytest
from django.test import Client

from accounts.models import User
from tests.factories.tracking import log_metrics, make_run
from tracking.models import Project, Run

ClientOf = Callable[[User], Client]
ApiOf = Callable[[str], Client]
FILES = ("history.csv", "history.parquet")


@pytest.fixture
def run(project: Project, bob: User) -> Run:
    run = make_run(project, bob, "=first run")
    log_metrics(run, {"loss": [2.0, 1.0]})
    return run


def test_a_run_and_its_project_come_as_files(client_of: ClientOf, run: Run, viewer: User) -> None:
    for place, name in ((f"runs/{run.uid}/", "first-run"), ("", "digits")):
        for file in FILES:
            answer = client_of(viewer).get(f"/meridian/digits/{place}{file}")
            assert answer["Content-Disposition"] == f'attachment; filename="{name}.{file.partition(".")[2]}"'
        assert pq.read_table(io.BytesIO(answer.getvalue()))["value"].to_pylist() == [2.0, 1.0]
        assert answer["Content-Type"] == "application/vnd.apache.parquet"


def test_pages_lead_to_the_files(client_of: ClientOf, run: Run, viewer: User) -> None:
    pages = (
        (f"/meridian/digits/runs/{run.uid}", f"/meridian/digits/runs/{run.uid}/"),
        ("/meridian/digits/runs", "/meridian/digits/"),
    )
    for page, folder in pages:
        text = client_of(viewer).get(page).content.decode()
        for file in FILES:
            assert f'href="{folder}{file}" download' in text


def test_programs_get_the_same_bytes(client_of: ClientOf, api_of: ApiOf, run: Run, read_key: str, bob: User) -> None:
    for file in FILES:
        for program, page in (
            (f"/api/v1/runs/{run.uid}/{file}", f"/meridian/digits/runs/{run.uid}/{file}"),
            (f"/api/v1/projects/meridian/digits/{file}", f"/meridian/digits/{file}"),
        ):
            told = api_of(read_key).get(program, headers={"accept": "image/png"})
            assert told.getvalue() == client_of(bob).get(page).getvalue()
            assert api_of(read_key).head(program).getvalue() == b""


def test_keys_without_the_scope_and_strangers_get_nothing(
    client_of: ClientOf, api_of: ApiOf, run: Run, log_key: str, stranger_key: str, charlie: User
) -> None:
    for file in FILES:
        assert api_of(log_key).get(f"/api/v1/runs/{run.uid}/{file}").status_code == 404
        assert api_of(log_key).get(f"/api/v1/projects/meridian/digits/{file}").status_code == 404
        for address in (f"/api/v1/runs/{run.uid}/{file}", f"/api/v1/projects/meridian/digits/{file}"):
            refused = api_of(stranger_key).get(address, headers={"accept": "application/vnd.apache.parquet"})
            assert (refused.status_code, refused["Content-Type"]) == (404, "application/json")
        for page in (f"/meridian/digits/runs/{run.uid}/{file}", f"/meridian/digits/{file}"):
            assert client_of(charlie).get(page).status_code == 404
