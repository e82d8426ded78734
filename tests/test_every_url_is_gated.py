"""Every view declares its gate (promise S1). What the gates then do is asked by tests/test_matrix.py."""

import pytest
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views import View
from rest_framework.decorators import api_view
from rest_framework.views import APIView

from accounts.gate import SIGHT, signed_in
from accounts.roles import Permission, Role, permits
from tests.url_walk import THIRD_PARTY, all_routes, routes_in, ungated


def test_every_view_has_a_gate() -> None:
    assert ungated(all_routes()) == []


def test_the_list_of_exceptions_holds_nothing_superfluous() -> None:
    assert {route.third_party for route in all_routes()} - {None} == set(THIRD_PARTY)


def test_every_permission_has_a_sight_that_each_member_has() -> None:
    assert {permission.partition(".")[0] for permission in Permission} == set(SIGHT)
    for sight in SIGHT.values():
        assert [permits(role, sight) for role in Role] == [True] * len(Role)


def test_the_walk_notices_an_ungated_view() -> None:
    def page(request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    class Classy(View):
        pass

    class RestClassy(APIView):
        def get(self, request: HttpRequest) -> HttpResponse:
            return HttpResponse()

    urls = [
        path("gated", signed_in(page)),
        path("<slug:team>/page", page),
        path("class", Classy.as_view()),
        path("api", api_view(["GET"])(page)),
        path("api-gated", api_view(["GET", "POST"])(signed_in(page))),
        path("api-class", RestClassy.as_view()),
    ]
    assert ungated(routes_in(urls)) == ["/<slug:team>/page", "/class", "/api", "/api-class"]


def test_a_word_without_a_sample_is_named() -> None:
    (route,) = routes_in([path("<slug:team>/<str:novelty>", signed_in(lambda request: HttpResponse()))])
    with pytest.raises(AssertionError, match=r"no sample for \['novelty'\]"):
        route.path({"team": "meridian"})
