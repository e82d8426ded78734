"""The policy of every answer."""

import re

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import path

from kit.csp import HEADER, ContentSecurityPolicyMiddleware, nonce


def answered(response: HttpResponse) -> tuple[HttpRequest, HttpResponse]:
    request = RequestFactory().get("/")
    return request, ContentSecurityPolicyMiddleware(lambda _: response)(request)


def test_scripts_are_files_and_styles_need_the_nonce() -> None:
    request, response = answered(HttpResponse())
    rules = dict(rule.split(" ", 1) for rule in response[HEADER].split("; "))
    assert rules["script-src"] == "'self'"
    assert rules["style-src"] == f"'self' 'nonce-{nonce(request)['csp_nonce']}'"
    assert rules["style-src-attr"] == "'none'"
    assert rules["default-src"] == "'none'"
    assert rules["frame-ancestors"] == "'none'"
    assert "unsafe" not in response[HEADER]


def test_no_two_answers_share_a_nonce() -> None:
    found = {re.search("'nonce-([^']+)'", answered(HttpResponse())[1][HEADER])[1] for _ in range(50)}  # type: ignore[index]
    assert len(found) == 50
    assert all(len(value) >= 22 for value in found)


def test_a_view_may_have_a_stricter_policy() -> None:
    assert answered(HttpResponse(headers={HEADER: "default-src 'none'"}))[1][HEADER] == "default-src 'none'"


def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("on purpose")


urlpatterns = [path("broken", broken)]


@pytest.mark.urls(__name__)
def test_the_500_page_needs_no_database_and_no_address() -> None:
    response = Client(raise_request_exception=False).get("/broken")
    assert response.status_code == 500
    text = response.content.decode()
    assert "The server could not answer." in text
    assert "lablore" in text
    assert "style-src-attr 'none'" in response[HEADER]
