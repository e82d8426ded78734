from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.gate import gated, signed_in
from accounts.roles import Permission
from tracking.models import Run


@api_view(["GET", "POST"])
@signed_in
def runs(request: Request) -> Response:
    return Response({})


@api_view(["GET", "PATCH"])
@gated(Run, Permission.RUN_VIEW)
def run_detail(request: Request, run: Run) -> Response:
    return Response({})
