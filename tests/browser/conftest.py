"""A site as it is in production and a Chromium that looks at it.

`site` is the address of the whole application in this process, static files served by WhiteNoise under their hashed names,
where the Makefile's .stamps/static has put them. `page` is a tab; what its console and the security policy complained about is
in `page.faults`, and a test ends red when something is left there.
"""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from django.test.testcases import LiveServerThread
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, ViewportSize

WIDE: ViewportSize = {"width": 1400, "height": 900}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


class Answer:
    """A WSGI answer that says when it is given."""

    def __init__(self, body: Any, given: Callable[[], None]) -> None:
        self.body = body
        self.given = given

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.body)

    def close(self) -> None:
        try:
            self.body.close()
        finally:
            self.given()


class Server(LiveServerThread):
    """Django's test server, but static files come out of the application, as in production."""

    def __init__(self) -> None:
        super().__init__("127.0.0.1", static_handler=self._counted, connections_override={})
        self.open = 0  # requests that are being answered
        self.changed = threading.Condition()

    def _counted(self, application: Callable[..., Any]) -> Callable[..., Any]:
        def answer(environ: dict[str, Any], start_response: Any) -> "Answer":
            self._count(1)
            try:
                return Answer(application(environ, start_response), self._given)
            except BaseException:
                self._given()
                raise

        return answer

    def _given(self) -> None:
        """The browser keeps its connection and so this thread, of which the next test may want no database."""
        connections.close_all()
        self._count(-1)

    def _count(self, more: int) -> None:
        with self.changed:
            self.open += more
            self.changed.notify_all()

    def rest(self) -> None:
        """Wait for the last answer: the database is emptied after a test, and a page's poll may still be under way."""
        with self.changed:
            assert self.changed.wait_for(lambda: self.open == 0, timeout=20), "a request does not end"

    @property
    def address(self) -> str:
        return f"http://{self.host}:{self.port}"


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """The application in a thread of this process; each request has a thread and a connection of its own."""
    server = Server()
    server.daemon = True
    server.start()
    server.is_ready.wait()
    if server.error:
        raise server.error
    yield server
    server.terminate()


@pytest.fixture
def site(server: Server, transactional_db: None) -> Iterator[str]:
    """Its address, with a database that starts empty. Pages that need none may have `server.address`, faster."""
    yield server.address
    server.rest()


@dataclass
class Faults:
    """What went wrong in a tab: console errors, exceptions, policy violations, requests to another host."""

    said: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)

    def expect(self, text: str) -> None:
        """A test that provokes an error names it."""
        self.expected.append(text)

    def left(self) -> list[str]:
        return [line for line in self.said if not any(text in line for text in self.expected)]


def watched(context: BrowserContext, site: str) -> Page:
    page: Any = context.new_page()
    page.faults = Faults()

    def on_console(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} or "Content Security Policy" in message.text:
            page.faults.said.append(f"{message.text} {message.location.get('url', '')}")

    def on_request(request: Request) -> None:
        if not request.url.startswith((site, "data:")):
            page.faults.said.append(f"request to {request.url}")

    page.on("console", on_console)
    page.on("pageerror", lambda error: page.faults.said.append(str(error)))
    page.on("request", on_request)
    page.on("dialog", lambda dialog: dialog.accept() if dialog.type == "beforeunload" else dialog.dismiss())
    return page


@pytest.fixture(scope="session")
def kept(browser: Browser, server: Server) -> Page:
    """One tab for many tests: a process and the scripts of a page cost more than most tests do. See `as_new`."""
    return watched(browser.new_context(base_url=server.address, viewport=WIDE), server.address)


def as_new(page: Page, site: str) -> None:
    """Leave nothing of a test in the tab but the browser's cache."""
    page.unroute_all()
    page.goto("about:blank")
    page.mouse.move(0, 0)
    page.set_viewport_size(WIDE)
    page.context.clear_permissions()
    page.context.clear_cookies()
    devtools = page.context.new_cdp_session(page)
    devtools.send("Storage.clearDataForOrigin", {"origin": site, "storageTypes": "local_storage"})
    devtools.detach()
    page.faults = Faults()  # type: ignore[attr-defined]


@pytest.fixture
def tab(browser: Browser, site: str) -> Iterator[Callable[..., Page]]:
    """tab(width=375, color_scheme="dark"): a tab of its own; all are checked for faults at the end."""
    contexts: list[BrowserContext] = []
    pages: list[Page] = []

    def make(width: int = 1400, height: int = 900, **options: object) -> Page:
        contexts.append(browser.new_context(base_url=site, viewport={"width": width, "height": height}, **options))
        pages.append(watched(contexts[-1], site))
        return pages[-1]

    yield make
    left = [line for page in pages for line in page.faults.left()]  # type: ignore[attr-defined]
    for context in contexts:
        context.close()
    assert left == []


@pytest.fixture
def page(kept: Page, site: str) -> Iterator[Page]:
    """A tab 1400 px wide; a test that sets the browser's clock or the like takes one of its own from `tab`."""
    yield kept
    left = kept.faults.left()  # type: ignore[attr-defined]
    as_new(kept, site)
    assert left == []
