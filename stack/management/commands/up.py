"""`manage.py up`: the whole stack under one supervisor."""

import os
import sys
from typing import Any

from django.core.management.base import BaseCommand

from stack.processes.home import CHECKOUT


class Command(BaseCommand):
    help = "Start PostgreSQL, Redis, web server, worker and beat, and keep them running until Ctrl-C."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Become the supervisor: Django is not needed to watch processes."""
        os.chdir(CHECKOUT)
        os.execv(sys.executable, [sys.executable, "-m", "stack.processes"])  # noqa: S606 - becoming it is the purpose
