"""What the API's document says of keys. REST framework loads authentication before spectacular can be, so it stands apart."""

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema

from accounts.authentication import KeyAuthentication


class KeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # defining it registers it
    target_class = KeyAuthentication
    name = "key"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "An API key, `lbl_…`, made under /accounts/keys."}
