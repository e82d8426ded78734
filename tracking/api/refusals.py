"""How refusals look in the OpenAPI document."""

from rest_framework import serializers


class Reason(serializers.Serializer):
    code = serializers.CharField()
    message = serializers.CharField()


class RefusalBody(serializers.Serializer):
    error = Reason()


REFUSALS = dict.fromkeys((400, 401, 403, 404, 405, 409, 410, 411, 413, 415, 422, 503), RefusalBody)
