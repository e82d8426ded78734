"""One shape for every refusal of the API, whatever raised it."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import Http404
from rest_framework.exceptions import MethodNotAllowed, NotAuthenticated, ParseError, Throttled, ValidationError

from kit.api_errors import error_answer
from kit.refusal import TooLarge


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (TooLarge("Send less.", limit=7), 413, "too_large"),
        (ValidationError({"name": ["No."]}), 422, "invalid"),
        (NotAuthenticated(), 401, "not_authenticated"),
        (MethodNotAllowed("PUT"), 405, "method_not_allowed"),
        (ParseError("Broken."), 400, "parse_error"),
        (Http404(), 404, "not_found"),
        (PermissionDenied("Not you."), 403, "forbidden"),
        (SuspiciousOperation(), 400, "broken_request"),
        (OperationalError("gone"), 503, "database_away"),
        (InterfaceError("gone"), 503, "database_away"),
        (ZeroDivisionError("secret"), 500, "internal"),
    ],
)
def test_every_error_has_the_shape(error: Exception, status: int, code: str) -> None:
    answer = error_answer(error, {})
    assert (answer.status_code, answer.data["error"]["code"]) == (status, code)
    assert isinstance(answer.data["error"]["message"], str)
    assert "secret" not in str(answer.data)


def test_details_stand_beside_the_message() -> None:
    data: Any = error_answer(TooLarge("Send less.", limit=7), {}).data
    assert data == {"error": {"code": "too_large", "message": "Send less.", "limit": 7}}
    fields: Any = error_answer(ValidationError({"tags": {0: ["No."]}}), {}).data
    assert fields["error"]["fields"] == {"tags": {"0": ["No."]}}


def test_who_should_come_again_is_told_when() -> None:
    assert error_answer(OperationalError(), {})["Retry-After"] == "5"
    assert error_answer(Throttled(wait=2.5), {})["Retry-After"] == "3"
