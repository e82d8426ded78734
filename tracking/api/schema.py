"""The API's own description, OpenAPI 3, made from the code. No docs page: the known ones load scripts from other hosts."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.views import SpectacularJSONAPIView

from accounts.gate import public


class KeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Says in the document that a key goes into the Authorization header."""

    target_class = "accounts.authentication.KeyAuthentication"
    name = "key"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": "lbl_…", "description": "Keys are made at /accounts/keys."}


openapi = public("It describes the API and holds nobody's data.")(SpectacularJSONAPIView.as_view())
