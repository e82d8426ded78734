"""`manage.py prepare`: what the database needs before the site may serve."""

import contextlib
from io import StringIO
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import OperationalError

from stack.processes.console import KEEP
from stack.queries.database import complaints

ONE_AT_A_TIME = 0x1AB10E  # advisory lock: two servers may start on one database at once


class Command(BaseCommand):
    help = "Check the database server's settings and apply the migrations that are due."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Fail with the reason where the server could lose what it acknowledged; else migrate."""
        try:
            if found := complaints():
                raise CommandError("DATABASE_URL names a server Lablore cannot trust:\n" + "\n".join(found))
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_lock(%s)", [ONE_AT_A_TIME])
            targets = (executor := MigrationExecutor(connection)).loader.graph.leaf_nodes()
            if executor.migration_plan(targets):
                call_command("migrate", interactive=False, verbosity=options["verbosity"])
            self._open_door()
        except OperationalError as error:
            raise CommandError(f"The database does not answer: {error}") from None

    def _open_door(self) -> None:
        """Tell the supervisor a way in, where anybody is here: a second Django for that would cost its start a second."""
        with contextlib.suppress(CommandError):
            link = StringIO()
            call_command("enter", stdout=link)
            self.stdout.write(KEEP + link.getvalue())
