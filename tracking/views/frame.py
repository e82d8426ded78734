"""Chart frames, live: the bytes a chart draws, and the same as CSV. Shape: tracking/queries/frame.py."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from functools import wraps

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils.cache import get_conditional_response, patch_cache_control
from django.views.decorators.http import require_safe

from accounts.gate import View, gated
from accounts.roles import Permission
from kit.download import download
from kit.packed import packed
from kit.refusal import Refusal, error_body
from tracking.errors import TooManyPoints
from tracking.limits import CHART_RUNS, CHART_WIDTH, CHARTS_AT_ONCE, KEY_LENGTH, NAME_LENGTH, PIXELS_AT_ONCE
from tracking.models import Project, Run
from tracking.queries.axis import STEP
from tracking.queries.frame import Drawing, frames_of
from tracking.queries.points_csv import frame_csv
from tracking.queries.run import BadQuery, MatchedRuns, runs_matching
from tracking.views.asked import number, whole_number


def _of_matching_runs(view: View) -> View:
    """Hands the view the newest runs that match `query`, at most `limit` of them; refuses a query that cannot be read."""

    @wraps(view)
    def matching(request: HttpRequest, project: Project) -> HttpResponseBase:
        try:
            matched = runs_matching(project, request.GET.get("query", ""), _limit(request))
        except BadQuery as refusal:
            return _refused(refusal)
        return view(request, project, matched)

    return matching


@require_safe
@gated(Project, Permission.RUN_VIEW)
@_of_matching_runs
def project_frame(request: HttpRequest, project: Project, matched: MatchedRuns) -> HttpResponseBase:
    """Metrics of these runs, coloured by `group`."""
    return _frames(request, matched.runs, matched.total)


@require_safe
@gated(Project, Permission.RUN_VIEW)
@_of_matching_runs
def project_frame_csv(request: HttpRequest, project: Project, matched: MatchedRuns) -> HttpResponseBase:
    key = _text(request, "key", KEY_LENGTH)
    return download(request, frame_csv(matched.runs, key), f"{project.slug}-{key}", "csv")


@require_safe
@gated(Run, Permission.RUN_VIEW)
def run_frame(request: HttpRequest, run: Run) -> HttpResponseBase:
    return _frames(request, [run], 1)


@require_safe
@gated(Run, Permission.RUN_VIEW)
def run_frame_csv(request: HttpRequest, run: Run) -> HttpResponseBase:
    key = _text(request, "key", KEY_LENGTH)
    return download(request, frame_csv([run], key), f"{run.name}-{key}", "csv")


def _frames(request: HttpRequest, runs: Sequence[Run], matched: int) -> HttpResponseBase:
    """One frame for each `key`, one after the other."""
    keys = [_cut(key, KEY_LENGTH) for key in request.GET.getlist("key")] or [""]
    axis = _text(request, "x", KEY_LENGTH) or STEP
    edge = whole_number if axis == STEP else number
    drawing = Drawing(
        x=axis,
        width=min(max(whole_number(request, "width") or 1000, 1), CHART_WIDTH),
        group=_text(request, "group", NAME_LENGTH),
        first=edge(request, "first"),
        last=edge(request, "last"),
        matched=matched,
        known=_known(request.GET.get("have", "")),
    )
    if len(keys) > CHARTS_AT_ONCE or len(keys) * drawing.width > PIXELS_AT_ONCE:
        words = f"At most {CHARTS_AT_ONCE} charts and {PIXELS_AT_ONCE:,} pixels of width together. Ask in several requests."
        return JsonResponse(error_body("too_many_charts", words), status=400)
    try:
        body = b"".join(_drawn(request, runs, keys, drawing))
    except TooManyPoints as refusal:
        return _refused(refusal)
    if drawing.known:  # another address at every poll: nobody asks for it twice
        return packed(
            request, HttpResponse(body, content_type="application/octet-stream", headers={"Cache-Control": "no-store"})
        )
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    answer = HttpResponse(body, content_type="application/octet-stream", headers={"ETag": etag})
    patch_cache_control(answer, private=True, no_cache=True)
    known = get_conditional_response(request, etag=etag, response=answer)
    return known if known is not None and known is not answer else packed(request, answer)


def _drawn(request: HttpRequest, runs: Sequence[Run], keys: Sequence[str], drawing: Drawing) -> list[bytes]:
    """Over the axis asked for; by step where that is too much and the address says it will do."""
    try:
        return frames_of(runs, keys, drawing)
    except TooManyPoints:
        if request.GET.get("else") != STEP:
            raise
        return frames_of(runs, keys, replace(drawing, x=STEP, first=None, last=None, known={}))


def _refused(refusal: Refusal) -> HttpResponse:
    return JsonResponse(error_body(refusal.code, refusal.message, **refusal.details), status=refusal.status)


def _known(text: str) -> dict[str, int]:
    """uid -> revision, of "uid.revision-uid.revision"; what is not of this form counts as not said."""
    words = (word.partition(".") for word in text.split("-", CHART_RUNS)[:CHART_RUNS])
    return {
        uid: int(revision) for uid, _, revision in words if revision.isascii() and revision.isdigit() and len(revision) < 20
    }


def _limit(request: HttpRequest) -> int:
    """How many runs a chart asks for; a word that is no number in reach counts as not said."""
    asked = whole_number(request, "limit")
    return asked if asked is not None and 0 < asked < CHART_RUNS else CHART_RUNS


def _text(request: HttpRequest, word: str, most: int) -> str:
    """What the address says, cut to a length at which nothing of ours is; NUL is in no key."""
    return _cut(request.GET.get(word, ""), most)


def _cut(text: str, most: int) -> str:
    return text.replace("\0", "")[: most + 1]
