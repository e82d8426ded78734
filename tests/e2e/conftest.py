"""One real stack for all stories, by `manage.py up`, and a Chromium that looks at it."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from stack.processes.home import CHECKOUT, Home
from stack.processes.serving import free_port
from tests.browser.conftest import watched
from tests.e2e.site import Site
from tests.stack.running import Stack


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("e2e"))


@pytest.fixture(scope="session")
def lab() -> Iterator[Site]:
    """The product, running."""
    folder = Path(tempfile.mkdtemp(prefix="lablore-e2e-"))
    folder.chmod(0o711)
    with ExitStack() as ends:
        ends.callback(shutil.rmtree, folder, ignore_errors=True)
        stack = Stack(Home(folder / "home"), free_port(), os.geteuid()).start()
        ends.callback(stack.end)
        site = Site(stack.wait_ready(), folder, **people_of(stack))
        ends.callback(site.end)
        yield site


def people_of(stack: Stack) -> dict[str, Any]:
    """Make the cast in the stack's database; what `Site` needs to know of them."""
    environment = {**os.environ, **stack.home.words(), "LABLORE_PORT": str(stack.port), "LABLORE_URL": ""}
    words = [sys.executable, "-m", "tests.e2e.people"]
    return dict(json.loads(subprocess.run(words, cwd=CHECKOUT, env=environment, check=True, capture_output=True).stdout))


@pytest.fixture
def browse(browser: Browser, lab: Site) -> Iterator[Callable[[str], Page]]:
    """browse("alice"): her browser, signed in by a one-time link at first. Every tab must end without a fault."""
    pages: dict[str, Page] = {}

    def enter(person: str) -> Page:
        context = browser.new_context(base_url=lab.address, viewport={"width": 1400, "height": 900})
        pages[person] = watched(context, lab.address)
        if (saved := STATES.get(person)) is not None:
            context.add_cookies(saved)
        else:
            pages[person].goto(lab.links[person])
            STATES[person] = context.cookies()  # type: ignore[assignment]
        return pages[person]

    yield enter
    faults = {person: page.faults.left() for person, page in pages.items()}  # type: ignore[attr-defined]
    for page in pages.values():
        page.context.close()
    assert faults == {person: [] for person in pages}


STATES: dict[str, list[dict[str, object]]] = {}
