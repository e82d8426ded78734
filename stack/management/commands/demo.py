"""`manage.py demo`: fill a site with a lab, a real experiment and a report on it. Goes on where it was interrupted."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from stack.demo.story import Story
from stack.processes.home import home_of


class Command(BaseCommand):
    help = "Fill the running site with the demo: a lab of four, an experiment that is trained now, a report on it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--folder", type=Path, help="where the trainers keep their records; else in LABLORE_HOME")

    def handle(self, *args: Any, folder: Path | None, **options: Any) -> None:
        import os

        home = home_of(os.environ)
        Story(host=settings.PUBLIC_URL, folder=folder or home.path / "demo", say=self._say).play()

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
