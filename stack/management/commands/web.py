"""`manage.py web 8001`: one more web server on the site's database, for a proxy to share the requests out (docs/scale.md)."""

import os
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from stack.processes.site import web_part


class Command(BaseCommand):
    help = "Run one more web server beside a running stack, on 127.0.0.1 and a port of its own, until Ctrl-C."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("port", type=int)

    def handle(self, *args: Any, port: int, **options: Any) -> None:
        """Become the web server. Its pages lead to LABLORE_URL, or LABLORE_PORT, as those of the other do."""
        part = web_part(port, os.environ)
        os.execvpe(part.command[0], part.command, dict(part.environment))  # noqa: S606 - becoming it is the purpose
