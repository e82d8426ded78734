"""`manage.py worker`: one more Celery worker, for a site with much to fold."""

import os
from typing import Any

from django.core.management.base import BaseCommand

from stack.processes.site import worker_part


class Command(BaseCommand):
    help = "Run one more worker beside a running stack, until Ctrl-C."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Become the worker, under a name of its own so that the two are not taken for one."""
        part = worker_part(os.environ, hostname=f"worker-{os.getpid()}")
        os.execvpe(part.command[0], part.command, dict(part.environment))  # noqa: S606 - becoming it is the purpose
