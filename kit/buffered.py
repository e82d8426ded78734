"""A WSGI application behind an ASGI server: a request takes a thread when the last byte of its body is here, not before.

A WSGI server reads bodies in its threads, so as many clients as it has threads hold a whole site by sending slowly. The
libraries that put the one behind the other (asgiref, a2wsgi, Starlette) run all requests in one thread, read bodies in
the thread, or bound nothing.
"""

import asyncio
import io
import json
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from kit.reader import Reader, Reading, Send
from kit.refusal import Refusal, error_body, error_headers
from kit.whole_body import Bodies, Bounds, Gone, NoRoom, Receive

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
Scope = dict[str, Any]

JOINED = 4 * 1024 * 1024  # a stream of known length up to this is handed over whole: no thread waits for who reads it
RETRY_SECONDS = 10  # for whom all streams are taken


@dataclass(slots=True)
class Answer:
    """`parts`: the stream that follows, to be closed by whoever reads it."""

    status: int = 500
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    body: bytes = b""
    parts: Any = None


class Buffered:
    """The ASGI application. `threads` answer requests; `streams` more send what is made while it is sent.

    What is large takes the place of a stream also when it is made beforehand: it is held as long as its client reads. Who asks
    for one more is refused: to wait would take as long as others read.
    """

    def __init__(
        self, application: Wsgi, bounds: Bounds, reading: Reading | None = None, *, threads: int = 16, streams: int = 8
    ) -> None:
        self.application = application
        self.bodies = Bodies(bounds)
        self.reading = reading or Reading()
        self.free_streams = streams
        self.answering = ThreadPoolExecutor(threads, thread_name_prefix="answer")
        self.streaming = ThreadPoolExecutor(streams, thread_name_prefix="stream")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        loop = asyncio.get_running_loop()
        try:
            async with self.bodies.whole(dict(scope["headers"]), receive) as body:
                answer = await loop.run_in_executor(self.answering, self._answer, environ_of(scope, body))
        except Refusal as refusal:
            answer = refused(refusal)
        except Gone:
            return
        if answer.parts is None and len(answer.body) <= JOINED:
            await self._give(answer, send, receive)
        elif self.free_streams:
            self.free_streams -= 1
            try:
                await self._give(answer, send, receive)
            finally:
                self.free_streams += 1
        else:
            if answer.parts is not None:
                await loop.run_in_executor(self.answering, answer.parts.close)
            none_free = NoRoom("As many files are being sent as can be. Try again in a moment.", retry_after=RETRY_SECONDS)
            await self._give(refused(none_free), send, receive)

    async def _give(self, answer: Answer, send: Send, receive: Receive) -> None:
        """What this raises breaks the connection off: a cut answer must not look whole."""
        await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
        reader = Reader(send, self.reading)
        if answer.parts is not None:
            left = asyncio.ensure_future(_left(receive))
            try:
                await left.get_loop().run_in_executor(self.streaming, self._stream, answer.parts, reader, left)
            finally:
                left.cancel()
        await reader.give(answer.body, more=False)

    def _answer(self, environ: dict[str, Any]) -> Answer:
        answer = Answer()

        def start(status: str, headers: list[tuple[str, str]], _failure: Any = None) -> None:
            answer.status = int(status[:3])
            answer.headers = raw_headers(headers)

        parts: Any = self.application(environ, start)
        if getattr(parts, "streaming", False) and length_of(answer) > JOINED:
            answer.parts = parts
            return answer
        try:
            answer.body = b"".join(parts)
        finally:
            parts.close()
        return answer

    def _stream(self, parts: Any, reader: Reader, left: "asyncio.Future[Any]") -> None:
        """Send part after part, all from this thread: what a stream reads may belong to its thread."""
        try:
            for part in parts:
                if left.done():
                    return
                asyncio.run_coroutine_threadsafe(reader.give(part, more=True), left.get_loop()).result()
        finally:
            parts.close()


async def _left(receive: Receive) -> None:
    """Ends when the client leaves."""
    while (await receive())["type"] != "http.disconnect":
        pass


def raw_headers(headers: Iterable[tuple[str, str]]) -> list[tuple[bytes, bytes]]:
    """Headers as ASGI wants them."""
    return [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]


def length_of(answer: Answer) -> float:
    """The length that the answer declares, infinite when it does not."""
    return next((int(value) for name, value in answer.headers if name == b"content-length"), float("inf"))


def refused(refusal: Refusal) -> Answer:
    text = json.dumps(error_body(refusal.code, refusal.message, **refusal.details))
    headers = {"Content-Type": "application/json", "Connection": "close", **error_headers(**refusal.details)}
    return Answer(refusal.status, raw_headers(headers.items()), text.encode())


def environ_of(scope: Scope, body: bytearray) -> dict[str, Any]:
    """What PEP 3333 wants to know of a request."""
    environ = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": scope["path"].encode().decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": scope["server"][0],
        "SERVER_PORT": str(scope["server"][1]),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": scope["client"][0],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in scope["headers"]:
        if b"_" in name:  # would be taken for the header that has a hyphen there
            continue
        word = name.decode("latin-1").upper().replace("-", "_")
        key = word if word in {"CONTENT_TYPE", "CONTENT_LENGTH"} else f"HTTP_{word}"
        text = value.decode("latin-1")
        environ[key] = f"{environ[key]}{'; ' if key == 'HTTP_COOKIE' else ','}{text}" if key in environ else text
    return environ
