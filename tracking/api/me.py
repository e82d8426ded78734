"""Who a key speaks for, and where."""

from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.gate import signed_in


@api_view(["GET"])
@signed_in
def me(request: Request) -> Response:
    return Response({})
