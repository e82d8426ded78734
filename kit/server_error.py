"""What a page answers when a view failed: 503 while the database is away (promise D18), else 500."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template import loader

from kit.api_errors import RETRY_SECONDS


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's handler500, called while the error is being handled. Needs no database to answer."""
    away = isinstance(sys.exc_info()[1], InterfaceError | OperationalError)
    # Without the request: what pages are told about the person comes from the database too.
    text = loader.render_to_string("503.html" if away else "500.html")
    if away:
        return HttpResponse(text, status=503, headers={"Retry-After": str(RETRY_SECONDS)})
    return HttpResponse(text, status=500)
