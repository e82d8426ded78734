"""Images of runs. What a published chart was drawn from is kept apart, see Frame in reports/models/version.py."""

from django.db import models
from django.utils import timezone

from kit.hashed_bytes import HashedBytes


class Blob(HashedBytes):
    created_at = models.DateTimeField(default=timezone.now, editable=False)
