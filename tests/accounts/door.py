"""The sign-in page, for tests."""

from django.http import HttpResponse
from django.test import Client

from tests.factories.accounts import PASSWORD

LOGIN = "/accounts/login/"


def sign_in(client: Client, email: str, password: str = PASSWORD, **more: str) -> HttpResponse:
    return client.post(LOGIN, {"login": email, "password": password, **more})


def words(answer: HttpResponse) -> str:
    """What the page says is wrong."""
    return " ".join(answer.context["form"].non_field_errors())
