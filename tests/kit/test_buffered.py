"""Slow, greedy and broken clients against a real server of two threads (promises S10, T18)."""

import hashlib
import http.client
import json
import os
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from typing import Any

import pytest

from stack.processes.home import CHECKOUT
from stack.processes.part import Part
from stack.processes.serving import free_port, serving
from tests.kit.buffered_site import MIB, WHOLE
from tests.stack.running import until

Ask = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    port = free_port()
    words = ["--interface", "asginl", "--port", str(port), "--http", "1", "--no-ws", "tests.kit.buffered_site:application"]

    def answers(_pid: int) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    part = Part("web", [sys.executable, "-m", "granian", *words], CHECKOUT, os.environ, ready=answers)
    with serving(part, tmp_path_factory.mktemp("buffered") / "web.log"):
        yield port


@pytest.fixture
def ask(port: int) -> Ask:
    def ask(path: str = "/", method: str = "GET", **words: Any) -> dict[str, Any]:
        """What the site saw of the request, or an error's body, with the `status`."""
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as line:
            line.request(method, path, **words)
            answer = line.getresponse()
            return {"status": answer.status, "retry": answer.headers["Retry-After"], **json.loads(answer.read())}

    return ask


@pytest.fixture
def half(port: int) -> Iterator[Callable[[int, bytes], socket.socket]]:
    """half(length, sent): a client that declares a body of `length` bytes and has sent only `sent`."""
    with ExitStack() as lines:

        def send(length: int, sent: bytes) -> socket.socket:
            line = lines.enter_context(socket.create_connection(("127.0.0.1", port), timeout=60))
            line.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % length + sent)
            return line

        yield send


def test_two_hundred_slow_bodies_hold_nobody_up(half: Callable[[int, bytes], socket.socket], ask: Ask) -> None:
    slow = [half(1000, b"begin") for _ in range(200)]
    for _ in range(5):
        until(lambda: ask()["held"] == 200 * len(b"begin"))  # answered while all of them are waited for
    until(lambda: ask()["held"] == 0)  # their time is over
    for line in slow:
        answer = line.recv(4096).decode()
        assert answer.startswith("HTTP/1.1 408")
        assert "too_slow" in answer


def test_who_leaves_in_the_middle_of_a_body_leaves_nothing(half: Callable[[int, bytes], socket.socket], ask: Ask) -> None:
    line = half(MIB, bytes(1000))
    until(lambda: ask()["held"] == 1000)
    line.close()
    until(lambda: ask()["held"] == 0, 8)  # before its time is over


def test_too_much_at_once_is_refused_with_a_time_to_try_again(half: Callable[[int, bytes], socket.socket], ask: Ask) -> None:
    waiting = [half(7 * MIB, bytes(6 * MIB)) for _ in range(2)]
    until(lambda: ask()["held"] == 12 * MIB)
    refused = ask(method="POST", body=bytes(1000))
    assert (refused["status"], refused["error"]["code"], refused["error"]["retry_after"]) == (503, "busy", 2)
    assert refused["retry"] == "2"
    for line in waiting:
        line.close()
    until(lambda: ask(method="POST", body=bytes(1000))["status"] == 200)


@pytest.mark.parametrize("length", [0, 1, 100_000, 8 * MIB])
def test_a_body_arrives_whole(ask: Ask, length: int) -> None:
    body = os.urandom(length)
    assert ask(method="POST", body=body)["body"] == hashlib.sha256(body).hexdigest()
    assert ask(method="POST", body=iter([body[:70_000], body[70_000:]]))["body"] == hashlib.sha256(body).hexdigest()  # chunked


def test_a_body_too_long_is_refused_before_it_is_read(half: Callable[[int, bytes], socket.socket]) -> None:
    answer = half(8 * MIB + 1, b"").recv(4096).decode()
    assert answer.startswith("HTTP/1.1 413")
    assert json.loads(answer.partition("\r\n\r\n")[2])["error"] == {
        "code": "too_large",
        "message": "A body has at most 8 MiB. Send less at once.",
        "limit": 8 * MIB,
    }


def test_a_body_of_no_declared_length_is_cut_off_where_it_is_too_long(ask: Ask, port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=60) as line:
        line.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
        line.sendall(b"%x\r\n%s\r\n" % (8 * MIB + 1, bytes(8 * MIB + 1)))
        assert line.recv(4096).startswith(b"HTTP/1.1 413")
    assert ask()["held"] == 0


def test_a_slow_reader_holds_no_answer_and_no_memory(port: int, ask: Ask) -> None:
    before = ask()
    with ExitStack() as lines:
        for _ in range(2):
            line = lines.enter_context(socket.create_connection(("127.0.0.1", port)))
            line.sendall(b"GET /stream HTTP/1.1\r\nHost: x\r\n\r\n")
            assert line.recv(1000)
        until(lambda: ask()["made"] - before["made"] >= 2)
        time.sleep(1)
        seen = ask()  # answered while both are waited for
        assert seen["made"] - before["made"] < 60  # of 600: what the two sockets and the server hold
        assert seen["closed"] == before["closed"]
    until(lambda: ask()["closed"] == before["closed"] + 2)
    assert ask()["made"] - before["made"] < 100  # nothing is made for who has left


def opened(port: int, path: str) -> socket.socket:
    """A client that has asked and reads nothing yet."""
    line = socket.create_connection(("127.0.0.1", port), timeout=60)
    line.sendall(b"GET %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n" % path.encode())
    return line


def drained(line: socket.socket) -> int:
    """How many bytes still come until the server ends or breaks the connection off."""
    found = 0
    try:
        while piece := line.recv(MIB):
            found += len(piece)
    except ConnectionResetError:
        pass
    return found


def test_who_reads_nothing_of_a_whole_answer_is_cut_off(port: int) -> None:
    with opened(port, "/whole") as line, opened(port, "/whole") as beside:
        assert drained(beside) > WHOLE
        time.sleep(8)
        assert 0 < drained(line) < WHOLE


def test_who_reads_a_stream_too_slowly_is_cut_off(port: int, ask: Ask) -> None:
    before = ask()
    with opened(port, "/stream") as line:
        began = time.monotonic()
        while ask()["closed"] == before["closed"]:  # not cut off yet
            assert line.recv(4096)
            assert time.monotonic() - began < 60
            time.sleep(0.05)
        assert drained(line) < 300 * MIB


def test_who_rests_now_and_then_gets_a_stream_whole(port: int) -> None:
    """Slower than it is made, longer than the patience in all."""
    found = 0
    with opened(port, "/stream") as line:
        for _ in range(12):
            time.sleep(0.5)
            found += sum(len(line.recv(MIB)) for _ in range(8))
        found += drained(line)
    assert found > 300 * MIB


def test_who_finds_all_streams_taken_is_told_when_to_come_back(port: int, ask: Ask) -> None:
    before = ask()
    with opened(port, "/stream"), opened(port, "/stream"):
        until(lambda: ask()["made"] - before["made"] >= 4)
        refused = ask("/stream")
        assert (refused["status"], refused["retry"], refused["error"]["code"]) == (503, "10", "busy")
        assert ask()["closed"] == before["closed"] + 1
        until(lambda: ask()["closed"] == before["closed"] + 3)  # the two were cut off
        with opened(port, "/stream") as third:
            assert third.recv(12) == b"HTTP/1.1 200"


def test_large_answers_take_the_places_of_streams(port: int, ask: Ask) -> None:
    """Each is held in memory as long as its client reads."""
    with opened(port, "/whole") as one, opened(port, "/whole") as two:
        assert (one.recv(12), two.recv(12)) == (b"HTTP/1.1 200", b"HTTP/1.1 200")
        refused = ask("/whole")
        assert (refused["status"], refused["error"]["code"]) == (503, "busy")
        assert drained(one) > WHOLE - MIB
    with opened(port, "/whole") as third:
        assert third.recv(12) == b"HTTP/1.1 200"


def test_a_short_stream_is_sent_whole(port: int) -> None:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as line:
        line.request("GET", "/short")
        answer = line.getresponse()
        assert (answer.headers["Content-Length"], len(answer.read())) == (str(2 * MIB), 2 * MIB)


def test_a_stream_that_breaks_does_not_look_whole(port: int) -> None:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as line:
        line.request("GET", "/broken")
        answer = line.getresponse()
        with pytest.raises(http.client.IncompleteRead):
            answer.read()


def test_what_the_site_sees_of_a_request(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=60) as line:
        line.sendall(
            b"GET /a%20b/%C3%A9?q=%C3%A9&r HTTP/1.1\r\nHost: lab.example:8000\r\nX-A: 1\r\nX-A: 2\r\nX_A: 3\r\n"
            b"Cookie: a=1\r\nCookie: b=2\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n"
        )
        answer = b"".join(iter(lambda: line.recv(65536), b""))
    seen = json.loads(answer.partition(b"\r\n\r\n")[2])
    expected = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": "/a b/é".encode().decode("latin-1"),
        "QUERY_STRING": "q=%C3%A9&r",
        "HTTP_HOST": "lab.example:8000",
        "HTTP_X_A": "1,2",
        "HTTP_COOKIE": "a=1; b=2",
        "CONTENT_TYPE": "text/plain",
        "REMOTE_ADDR": "127.0.0.1",
        "SERVER_PORT": str(port),
        "wsgi.url_scheme": "http",
    }
    assert {name: seen[name] for name in expected} == expected
