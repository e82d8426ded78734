"""Who a key speaks for, and where."""

from django.conf import settings
from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actor import actor_behind
from accounts.gate import signed_in
from tracking.api.refusals import REFUSALS


class Me(serializers.Serializer):
    user = serializers.EmailField()
    team = serializers.CharField()
    scopes = serializers.ListField(child=serializers.CharField())
    url = serializers.URLField()


@extend_schema(summary="Whose key this is and what it may be used for", responses={200: Me, **REFUSALS})
@api_view(["GET"])
@signed_in
def me(request: Request) -> Response:
    actor = actor_behind(request)
    assert actor.key is not None  # noqa: S101 - the API knows keys only
    team = actor.key.team.slug
    home = settings.PUBLIC_URL + reverse("tracking:team-home", args=[team])
    return Response({"user": actor.user.email, "team": team, "scopes": actor.key.scopes, "url": home})
