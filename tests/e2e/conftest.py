"""One real stack for all stories, by `manage.py up`, and a Chromium that looks at it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import watched
from tests.e2e.site import Site, running_site


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("e2e"))


@pytest.fixture(scope="session")
def lab() -> Iterator[Site]:
    """The product, running."""
    with running_site() as site:
        yield site


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
