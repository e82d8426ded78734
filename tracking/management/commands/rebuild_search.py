"""`manage.py rebuild_search`: make what run lists sort by anew from the runs themselves."""

from typing import Any

from django.core.management.base import BaseCommand

from tracking.aggregates.block import copy_changes, forget_blocks


class Command(BaseCommand):
    help = "Make the copy of metrics and settings that run lists sort by anew. Lists stay right meanwhile, only slower."

    def handle(self, *args: Any, **options: Any) -> None:
        forget_blocks()
        self.stdout.write(f"{copy_changes()} changes copied")
