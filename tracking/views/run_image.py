"""The images of a run, one step at a time."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.gate import gated
from accounts.roles import Permission
from kit.page import page
from tracking.enums import RunState
from tracking.models import Image, Run
from tracking.queries.image import Shown, image_at
from tracking.views.asked import whole_number


@dataclass(frozen=True, slots=True)
class ImageCard:
    """An image on the page; `ways` are (word, address or "") to the key's other steps.

    `newer` is where to ask for a newer one, while the newest is shown and the run may still log.
    """

    key: str
    slug: str
    image: Image
    ways: tuple[tuple[str, str], ...]
    newer: str


@require_safe
@gated(Run, Permission.RUN_VIEW)
def run_images(request: HttpRequest, run: Run) -> HttpResponse:
    """The image of `key` at `step`, as a part; without HTMX, the run's page. 204 when it is the one at `have`."""
    shown = image_at(run, request.GET.get("key", "").replace("\0", ""), whole_number(request, "step"))
    if shown is None or not request.htmx:  # type: ignore[attr-defined]
        return redirect("tracking:run-detail", run.team.slug, run.project.slug, run.uid)
    if shown.image.step == whole_number(request, "have"):
        return HttpResponse(status=204)
    context = {"team": run.team, "project": run.project, "run": run, "card": image_card(run, shown)}
    return page(request, "tracking/run/image.html", context, part="card")


def image_card(run: Run, shown: Shown) -> ImageCard:
    address = reverse("tracking:run-images", args=[run.team.slug, run.project.slug, run.uid])
    steps = (("First", shown.first), ("Before", shown.previous), ("Next", shown.next), ("Last", shown.last))
    asked = [(word, "" if step is None else urlencode({"key": shown.key, "step": step})) for word, step in steps]
    ways = tuple((word, f"{address}?{query}" if query else "") for word, query in asked)
    newer = ""
    if shown.next is None and run.state in {RunState.RUNNING, RunState.LOST}:
        newer = f"{address}?{urlencode({'key': shown.key, 'have': shown.image.step})}"
    return ImageCard(key=shown.key, slug=slug_of(shown.key), image=shown.image, ways=ways, newer=newer)


def slug_of(key: str) -> str:
    """An id for any key: letters and digits as they are, everything else as its code."""
    return "".join(char if char.isascii() and char.isalnum() else f"_{ord(char):x}" for char in key)
