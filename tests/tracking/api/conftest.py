"""A run, whoever sends batches to it, and whether its pages still stand."""

from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from accounts.models import User
from tests.factories.tracking import make_run
from tracking.models import Project, Run


@pytest.fixture
def run(project: Project, bob: User) -> Run:
    return make_run(project, bob, name="trained")


@pytest.fixture
def put(run: Run, api_of: Callable[[str], Client], log_key: str) -> Callable[..., HttpResponse]:
    client = api_of(log_key)

    def put(body: bytes, codec: str = "", name: str = "w/0", kind: str = "application/msgpack") -> HttpResponse:
        headers = {"content-encoding": codec} if codec else {}
        return client.put(f"/api/v1/runs/{run.uid}/batches/{name}", body, content_type=kind, headers=headers)

    return put


@pytest.fixture
def pages_stand(
    run: Run, client_of: Callable[[User], Client], bob: User, api_of: Callable[[str], Client], read_key: str
) -> Any:
    """After whatever happened, lists and pages answer 200."""
    yield
    reader = api_of(read_key)
    for address in ("", f"/{run.uid}", f"/{run.uid}/series"):
        assert reader.get(f"/api/v1/runs{address}").status_code == 200
    person = client_of(bob)
    team, project = run.project.team.slug, run.project.slug
    for address in (f"/{team}/{project}/runs", f"/{team}/{project}/runs/{run.uid}"):
        assert person.get(address).status_code == 200
