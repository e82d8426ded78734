"""`manage.py up`: the whole stack under one supervisor."""

from typing import Any

from django.core.management.base import BaseCommand

from stack.processes.home import become_supervisor


class Command(BaseCommand):
    help = "Start PostgreSQL, Redis, web server, worker and beat, and keep them running until Ctrl-C."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        become_supervisor()
