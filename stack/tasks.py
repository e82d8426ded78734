"""Three lines each: id in, load, call."""

from celery import shared_task
from django.db.models.functions import Now

from stack.models import WorkerHeartbeat


@shared_task(name="stack.heartbeat")
def heartbeat() -> None:
    """Say that a worker takes tasks and reaches the database. Safe to run any number of times."""
    WorkerHeartbeat.objects.update_or_create(name="worker", defaults={"beaten_at": Now()})
