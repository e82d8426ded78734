"""The API's own description."""

from django.test import Client
from drf_spectacular.extensions import OpenApiAuthenticationExtension


def test_the_document_says_once_how_a_key_is_sent(db: None, client: Client) -> None:
    schemes = client.get("/api/v1/schema").json()["components"]["securitySchemes"]
    told = "An API key, `lbl_…`, made under /accounts/keys."
    assert schemes == {"key": {"type": "http", "scheme": "bearer", "description": told}}
    registered = [getattr(extension, "name", "") for extension in OpenApiAuthenticationExtension._registry]
    assert registered.count("key") == 1


def test_the_document_says_how_a_history_is_read_page_by_page(db: None, client: Client) -> None:
    asked = client.get("/api/v1/schema").json()["paths"]["/api/v1/runs/{run}/history"]["get"]["parameters"]
    told = {parameter["name"]: parameter.get("required", False) for parameter in asked if parameter["in"] == "query"}
    assert told == {"key": True, "first": False, "last": False, "limit": False, "after": False, "format": False}
