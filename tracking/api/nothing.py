"""What stands at an address of the API where nothing stands."""

from django.http import Http404
from rest_framework.decorators import api_view, schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.gate import public


@api_view(["GET", "POST", "PUT", "PATCH", "DELETE"])
@schema(None)
@public("An unknown address tells nothing.")
def nothing_here(request: Request) -> Response:
    raise Http404
