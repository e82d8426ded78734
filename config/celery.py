"""The Celery app: Redis carries hints, PostgreSQL holds what must happen."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("lablore")
app.conf.update(
    broker_url=os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0"),
    task_ignore_result=True,
    task_acks_late=True,
    worker_prefetch_multiplier=1,
    broker_connection_retry_on_startup=True,
    # A dead broker must not hold up a web request: give up quickly, beat finds the work again.
    broker_transport_options={"socket_connect_timeout": 0.5, "socket_timeout": 0.5, "visibility_timeout": 120},
    task_publish_retry=False,
    beat_schedule={
        "fold-due": {"task": "tracking.fold_due", "schedule": 2.0, "options": {"expires": 10}},
        "lose-silent": {"task": "tracking.lose_silent_runs", "schedule": 15.0, "options": {"expires": 30}},
        "heartbeat": {"task": "stack.heartbeat", "schedule": 10.0, "options": {"expires": 10}},
    },
)
app.autodiscover_tasks()
