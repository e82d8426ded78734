"""One URL is a page, and a part of it for HTMX."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.test import RequestFactory
from django_htmx.middleware import HtmxMiddleware

from kit.page import page

TEMPLATE = "{% load partials %}<h1>Runs</h1>{% partialdef rows inline %}<i>{{ n }}</i>{% endpartialdef %}"


@pytest.fixture(autouse=True)
def template(tmp_path: Path, settings: Any) -> Iterator[None]:
    (tmp_path / "one.html").write_text(TEMPLATE)
    settings.TEMPLATES = [settings.TEMPLATES[0] | {"DIRS": [tmp_path]}]
    yield
    engines._templates = None


def asked(part: str | None = "rows", **headers: str) -> HttpResponse:
    def view(request: HttpRequest) -> HttpResponse:
        context: dict[str, Any] = {"n": 3}
        return page(request, "one.html", context, part=part, status=200)

    request = RequestFactory().get("/", headers=headers)
    request.csp_nonce = ""  # type: ignore[attr-defined]
    return HtmxMiddleware(view)(request)  # type: ignore[return-value, arg-type]


def test_a_browser_gets_the_page() -> None:
    assert asked().content == b"<h1>Runs</h1><i>3</i>"


def test_htmx_gets_the_part() -> None:
    assert asked(**{"HX-Request": "true"}).content == b"<i>3</i>"


def test_a_boosted_link_and_the_way_back_get_the_page() -> None:
    assert asked(**{"HX-Request": "true", "HX-Boosted": "true"}).content == b"<h1>Runs</h1><i>3</i>"
    assert asked(**{"HX-Request": "true", "HX-History-Restore-Request": "true"}).content == b"<h1>Runs</h1><i>3</i>"


def test_a_page_without_parts_is_always_whole() -> None:
    assert asked(part=None, **{"HX-Request": "true"}).content == b"<h1>Runs</h1><i>3</i>"


def test_caches_keep_part_and_page_apart() -> None:
    assert "HX-Request" in asked()["Vary"]
