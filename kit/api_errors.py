"""Everything the API refuses, in the shape of `error_body`."""

import logging
import math
from typing import Any

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import Http404
from rest_framework.exceptions import APIException, ErrorDetail, MethodNotAllowed, NotAuthenticated, ValidationError
from rest_framework.response import Response

from kit.refusal import NOTHING_HERE, Refusal, error_body, error_headers

log = logging.getLogger(__name__)

RETRY_SECONDS = 5


def error_answer(error: Exception, context: dict[str, Any]) -> Response:
    """DRF's EXCEPTION_HANDLER. Never re-raises: an unforeseen error is logged whole and answered with 500."""
    match error:
        case Refusal():
            return answer(error.status, error.code, error.message, **error.details)
        case ValidationError():
            return answer(422, "invalid", "Some fields are not acceptable.", fields=_plain(error.detail))
        case APIException():
            return _of_drf(error)
        case Http404():
            return answer(404, "not_found", NOTHING_HERE)
        case PermissionDenied():
            return answer(403, "forbidden", str(error) or "Your role or key does not allow this.")
        case SuspiciousOperation():
            return answer(400, "broken_request", "The request cannot be read.")
        case OperationalError() | InterfaceError():
            log.warning("database away: %s", error)
            return answer(503, "database_away", "The database does not answer. Try again.", retry_after=RETRY_SECONDS)
        case _:
            log.error("unforeseen error in %s", context.get("view"), exc_info=error)
            return answer(500, "internal", "Lablore failed here; the server's log says why. Trying again may help.")


def answer(status: int, code: str, message: str, **details: object) -> Response:
    return Response(error_body(code, message, **details), status=status, headers=error_headers(**details))


def _of_drf(error: APIException) -> Response:
    code = str(error.get_codes()) if isinstance(error.detail, ErrorDetail) else error.default_code
    message = str(error.detail) if isinstance(error.detail, ErrorDetail) else str(error.default_detail)
    details: dict[str, object] = {}
    if isinstance(error, NotAuthenticated):
        message = "Send an API key: “Authorization: Bearer lbl_…”. Make one at /accounts/keys."
    if isinstance(error, MethodNotAllowed):
        message = f"{message} Look at /api/v1/schema."
    response = answer(error.status_code, code, message, **details)
    if getattr(error, "auth_header", None):
        response["WWW-Authenticate"] = error.auth_header  # type: ignore[attr-defined]
    if getattr(error, "wait", None):
        response["Retry-After"] = str(math.ceil(error.wait))  # type: ignore[attr-defined]
    return response


def _plain(detail: Any) -> Any:
    if isinstance(detail, dict):
        return {str(field): _plain(inner) for field, inner in detail.items()}
    if isinstance(detail, list):
        return [_plain(inner) for inner in detail]
    return str(detail)
