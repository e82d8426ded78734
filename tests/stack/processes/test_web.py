"""A web server alone: PostgreSQL and Redis are away, and it says so at once (promise D18)."""

import http.client
import json
import os
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from stack.processes.serving import free_port, serving
from stack.processes.site import site_environment, web_part


@pytest.fixture(scope="module")
def lonely(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of a web server whose database and broker do not exist."""
    folder = tmp_path_factory.mktemp("lonely")
    port = free_port()
    nowhere = {
        "DATABASE_URL": f"postgresql://lablore@/lablore?host={folder}",
        "REDIS_URL": f"unix://{folder}/redis.sock",
        "LABLORE_PORT": str(port),
        "LABLORE_URL": f"http://127.0.0.1:{port}",
    }
    with serving(web_part(port, site_environment(os.environ, **nowhere)), folder / "web.log"):
        yield port


def ask(port: int, path: str, **headers: str) -> tuple[http.client.HTTPResponse, bytes, float]:
    """The answer, its body, and how many seconds it took."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    began = time.monotonic()
    line.request("GET", path, headers=headers)
    answer = line.getresponse()
    body = answer.read()
    line.close()
    return answer, body, time.monotonic() - began


def test_health_names_what_is_away(lonely: int) -> None:
    answer, body, seconds = ask(lonely, "/healthz")
    assert answer.status == 503
    unknown = {"ok": False, "reason": "unknown while the database is away"}
    assert json.loads(body) == {
        "status": "failing",
        "parts": {
            "web": {"ok": True},
            "database": {"ok": False, "reason": "does not answer"},
            "worker": unknown,
            "backlog": unknown,
            "broker": {"ok": False, "reason": "does not answer"},
        },
    }
    assert seconds < 2


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/accounts/login/", {"Cookie": "session=abcdefghijklmnopqrstuvwxyz012345"}),
        ("/lab/", {"Cookie": "session=abcdefghijklmnopqrstuvwxyz012345"}),
        ("/api/v1/me", {"Authorization": "Bearer lbl_abcdefgh_abcdefghabcdefghabcdefghabcdefgh"}),
    ],
)
def test_whatever_needs_the_database_says_when_to_try_again(lonely: int, path: str, headers: dict[str, str]) -> None:
    answer, _, seconds = ask(lonely, path, **headers)
    assert answer.status == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert seconds < 2


def test_pages_that_need_nothing_go_on(lonely: int) -> None:
    assert ask(lonely, "/accounts/login/")[0].status == 200


def test_slow_senders_hold_no_page_up(lonely: int) -> None:
    head = b"POST /accounts/login/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n"
    head += b"Content-Type: application/x-www-form-urlencoded\r\nCookie: csrftoken=abcdefghijklmnopqrstuvwxyz012345\r\n\r\ncsrf"
    with ExitStack() as lines:
        for _ in range(100):
            lines.enter_context(socket.create_connection(("127.0.0.1", lonely), timeout=10)).sendall(head)
        answer, _, seconds = ask(lonely, "/accounts/login/")
    assert answer.status == 200
    assert seconds < 1
