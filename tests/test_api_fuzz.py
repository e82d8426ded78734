"""schemathesis over the API's own document, with a real key: no 500, and every answer is one that the document names."""

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    ignored_auth,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)
from schemathesis.transport.serialization import Binary

from accounts.models import User
from tests.factories.tracking import log_metrics, make_run
from tracking.models import Project

UID = "0123456789abcdef"
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
    ignored_auth,
    unsupported_method,
]
BOUNDED = settings(
    max_examples=20,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@schemathesis.serializer("application/msgpack")
def as_it_is(context: Any, value: Any) -> bytes:
    """The document says of a batch only that it is bytes."""
    return value.data if isinstance(value, Binary) else msgspec.msgpack.encode(value)


@pytest.fixture
def application(db: None) -> Iterator[Any]:
    """The site's WSGI application, which leaves the test's connection open as Django's own test client does."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield get_wsgi_application()
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def document(application: Any, project: Project, bob: User) -> Any:
    """The document as the application serves it; one run exists."""
    log_metrics(make_run(project, bob, "one", uid=UID), {"loss": [2.0, float("nan"), -0.0]})
    return schemathesis.openapi.from_wsgi("/api/v1/schema", application)


@pytest.mark.parametrize("run", [None, UID])
def test_any_words_are_answered_as_the_document_says(document: Any, admin_key: str, run: str | None) -> None:
    """Once with any words, and once with the name of a run that exists wherever an address takes one."""
    tried = 0
    for found in document.get_all_operations():
        operation = found.ok()
        if run is not None and "{run}" not in operation.path:
            continue
        tried += 1
        fuzz(operation, admin_key, run)
    assert tried == (13 if run is None else 8)


def fuzz(operation: Any, key: str, run: str | None) -> None:
    @BOUNDED
    @given(operation.as_strategy())
    def answered(case: Case) -> None:
        if run is not None:
            case.path_parameters["run"] = run
        case.call_and_validate(headers={"Authorization": f"Bearer {key}", "Accept-Encoding": "identity"}, checks=CHECKS)

    answered()


def test_the_document_names_every_address(document: Any) -> None:
    assert sorted(document.raw_schema["paths"]) == [
        "/api/v1/me",
        "/api/v1/projects/{team}/{project}/history.csv",
        "/api/v1/projects/{team}/{project}/history.parquet",
        "/api/v1/runs",
        "/api/v1/runs/{run}",
        "/api/v1/runs/{run}/batches/{writer}/{seq}",
        "/api/v1/runs/{run}/heartbeat",
        "/api/v1/runs/{run}/history",
        "/api/v1/runs/{run}/history.csv",
        "/api/v1/runs/{run}/history.parquet",
        "/api/v1/runs/{run}/series",
    ]
