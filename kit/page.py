"""One URL is one page; HTMX may ask for a named part of it."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers


def page(
    request: HttpRequest, template: str, context: Mapping[str, Any], part: str | None = None, status: int = 200
) -> HttpResponse:
    """The whole `template`; or, for an HTMX request that is not boosted, its `{% partialdef part %}` alone.

    Going back through the history always gets the whole page, so a browser never shows a part as a page.
    """
    htmx = request.htmx  # type: ignore[attr-defined]
    alone = part is not None and bool(htmx) and not htmx.boosted and not htmx.history_restore_request
    response = render(request, f"{template}#{part}" if alone else template, dict(context), status=status)
    if part is not None:
        patch_vary_headers(response, ["HX-Request"])
    return response
