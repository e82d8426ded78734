"""`manage.py demo`: fill a site with a lab, a real experiment and a report on it. Goes on where it was interrupted."""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from stack.demo.story import Story
from stack.processes.home import Home, home_of


class Command(BaseCommand):
    help = "Fill the running site with the demo: a lab of four, an experiment that is trained now, a report on it."

    def handle(self, *args: Any, **options: Any) -> None:
        home = home_of(os.environ)
        with alone(home):
            home.unfinished_demo.touch()  # by which the next `manage.py up` knows that it is to go on
            whole = Story(host=settings.PUBLIC_URL, folder=home.demo, say=self._say).play()
            if not whole:
                raise CommandError("The demo is not complete.")
            home.unfinished_demo.unlink()

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()


@contextlib.contextmanager
def alone(home: Home) -> Iterator[None]:
    """One demo at a time on a home. Raises CommandError when another is at work."""
    home.demo.mkdir(parents=True, exist_ok=True)
    with (home.demo / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise CommandError("The demo is at work already.") from None
        yield
