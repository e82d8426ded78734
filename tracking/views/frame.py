"""Chart frames, live: the bytes a chart draws, and the same as CSV. Shape: tracking/queries/frame.py."""

import hashlib
from collections.abc import Sequence
from functools import wraps

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils.cache import get_conditional_response, patch_cache_control
from django.views.decorators.http import require_safe

from accounts.gate import View, gated
from accounts.roles import Permission
from kit.download import download
from kit.refusal import error_body
from tracking.limits import CHART_RUNS, KEY_LENGTH, NAME_LENGTH
from tracking.models import Project, Run
from tracking.queries.frame import frame_of
from tracking.queries.points_csv import frame_csv
from tracking.queries.run import BadQuery, MatchedRuns, runs_matching
from tracking.views.asked import whole_number


def _of_matching_runs(view: View) -> View:
    """Hands the view the newest runs that match `query`, at most `limit` of them; refuses a query that cannot be read."""

    @wraps(view)
    def matching(request: HttpRequest, project: Project) -> HttpResponseBase:
        try:
            matched = runs_matching(project, request.GET.get("query", ""), _limit(request))
        except BadQuery as refusal:
            return JsonResponse(error_body(refusal.code, refusal.message, **refusal.details), status=refusal.status)
        return view(request, project, matched)

    return matching


@require_safe
@gated(Project, Permission.RUN_VIEW)
@_of_matching_runs
def project_frame(request: HttpRequest, project: Project, matched: MatchedRuns) -> HttpResponseBase:
    """One metric of these runs, coloured by `group`."""
    return _frame(request, matched.runs, matched.total)


@require_safe
@gated(Project, Permission.RUN_VIEW)
@_of_matching_runs
def project_frame_csv(request: HttpRequest, project: Project, matched: MatchedRuns) -> HttpResponseBase:
    key = _text(request, "key", KEY_LENGTH)
    return download(request, frame_csv(matched.runs, key), f"{project.slug}-{key}", "csv")


@require_safe
@gated(Run, Permission.RUN_VIEW)
def run_frame(request: HttpRequest, run: Run) -> HttpResponseBase:
    return _frame(request, [run], 1)


@require_safe
@gated(Run, Permission.RUN_VIEW)
def run_frame_csv(request: HttpRequest, run: Run) -> HttpResponseBase:
    key = _text(request, "key", KEY_LENGTH)
    return download(request, frame_csv([run], key), f"{run.name}-{key}", "csv")


def _frame(request: HttpRequest, runs: Sequence[Run], matched: int) -> HttpResponseBase:
    body = frame_of(
        runs,
        _text(request, "key", KEY_LENGTH),
        width=whole_number(request, "width") or 1000,
        group=_text(request, "group", NAME_LENGTH),
        first=whole_number(request, "first"),
        last=whole_number(request, "last"),
        matched=matched,
    )
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    answer = HttpResponse(body, content_type="application/octet-stream", headers={"ETag": etag})
    patch_cache_control(answer, private=True, no_cache=True)
    return get_conditional_response(request, etag=etag, response=answer) or answer


def _limit(request: HttpRequest) -> int:
    """How many runs a chart asks for; a word that is no number in reach counts as not said."""
    asked = whole_number(request, "limit")
    return asked if asked is not None and 0 < asked < CHART_RUNS else CHART_RUNS


def _text(request: HttpRequest, word: str, most: int) -> str:
    """What the address says, cut to a length at which nothing of ours is; NUL is in no key."""
    return request.GET.get(word, "").replace("\0", "")[: most + 1]
