from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.gate import gated
from accounts.roles import Permission
from tracking.models import Run


@api_view(["GET"])
@gated(Run, Permission.RUN_VIEW)
def run_series(request: Request, run: Run) -> Response:
    return Response({})
