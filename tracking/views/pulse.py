"""What has changed, for pages that are open: polled every few seconds, so it is small."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from accounts.gate import gated
from accounts.roles import Permission
from tracking.models import Project
from tracking.queries.pulse import pulse_of

RUNS = 200


@require_safe
@gated(Project, Permission.RUN_VIEW)
def project_pulse(request: HttpRequest, project: Project) -> JsonResponse:
    """`runs` names at most `RUNS` runs by uid, with commas between."""
    uids = [uid for uid in request.GET.get("runs", "").split(",") if uid][:RUNS]
    return JsonResponse(pulse_of(project, uids))
