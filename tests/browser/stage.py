"""Addresses that only browser tests have: pages with charts whose frames a test hands over.

Use with `@pytest.mark.urls(stage.__name__)`.
"""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.template import engines
from django.urls import include, path

# What the pages show; the server runs in this process, so a test changes them while it looks.
frames: dict[str, bytes | int] = {}
pulse: dict[str, Any] = {}
asked: list[str] = []

PAGE = """{% extends "base.html" %}{% load lablore %}{% block main %}
<div data-pulse="/stage/pulse" data-seen="1"></div>
{% for chart in charts_here %}{% include "_components/chart.html" %}{% endfor %}
<p><a class="run" href="#" data-run="1" data-name="adam">adam</a></p>{% endblock %}"""


def chart(name: str, **more: Any) -> dict[str, Any]:
    return {
        "id": f"chart-{name}",
        "title": "val/loss",
        "kind": "line",
        "frame_url": f"/stage/frame/{name}",
        "csv_url": "/csv",
        "state": "live",
    } | more


def show(request: HttpRequest) -> HttpResponse:
    here = [chart(name, **request.GET.dict()) for name in frames]
    return HttpResponse(engines["django"].from_string(PAGE).render({"charts_here": here, "charts": True}, request))


def frame(request: HttpRequest, name: str) -> HttpResponse:
    asked.append(request.get_full_path())
    if name not in frames:
        raise Http404
    body = frames[name]
    return HttpResponse(status=body) if isinstance(body, int) else HttpResponse(body, content_type="application/octet-stream")


def beat(request: HttpRequest) -> JsonResponse:
    return JsonResponse(pulse)


urlpatterns = [
    path("stage/", show),
    path("stage/frame/<str:name>", frame),
    path("stage/pulse", beat),
    path("", include("config.urls")),
]
