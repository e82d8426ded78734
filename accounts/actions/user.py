"""Make people."""

from django.db import transaction

from accounts.models import User


@transaction.atomic
def create_user(*, email: str, name: str, password: str | None = None) -> User:
    """A new person, known by `email`; without a password they enter by a one-time link and choose one there.

    Only the operator's commands call this: in the web people come by invitation. Raises ValidationError when the
    address is taken or broken.
    """
    return User.objects.create_user(email, password, name=name)
