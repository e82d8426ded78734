"""A small WSGI application behind kit.buffered with narrow bounds, served by granian in tests/kit/test_buffered.py."""

import hashlib
import json
from collections.abc import Callable, Iterator
from typing import Any

from kit.buffered import Buffered
from kit.reader import Reading
from kit.whole_body import Bounds

MIB = 1024 * 1024


class Answered(list[bytes]):
    streaming = False

    def close(self) -> None:
        pass


WHOLE = 64 * MIB  # more than sockets hold


class Streamed:
    """Parts of a mebibyte, counted; in /broken the third cannot be made."""

    streaming = True
    made = 0
    closed = 0

    def __init__(self, path: str, most: int) -> None:
        self.path = path
        self.most = most

    def __iter__(self) -> Iterator[bytes]:
        for number in range(self.most):
            if self.path == "/broken" and number == 2:
                raise RuntimeError("the third part cannot be made")
            Streamed.made += 1
            yield bytes(MIB)

    def close(self) -> None:
        Streamed.closed += 1


def site(environ: dict[str, Any], start: Callable[..., Any]) -> Any:
    path = environ["PATH_INFO"]
    if path in {"/stream", "/broken", "/short"}:
        length = [("Content-Length", str(2 * MIB))] if path == "/short" else []
        start("200 OK", [("Content-Type", "text/csv"), *length])
        return Streamed(path, 2 if path == "/short" else 300)
    if path == "/whole":
        start("200 OK", [("Content-Type", "text/csv"), ("Content-Length", str(WHOLE))])
        return Answered([bytes(WHOLE)])
    body = environ["wsgi.input"].read()
    seen: dict[str, Any] = {name: value for name, value in environ.items() if isinstance(value, str)}
    seen |= {"body": hashlib.sha256(body).hexdigest(), "made": Streamed.made, "closed": Streamed.closed}
    seen |= {"held": application.bodies.held}
    start("200 OK", [("Content-Type", "application/json")])
    return Answered([json.dumps(seen).encode()])


application = Buffered(
    site,
    Bounds(body=8 * MIB, bodies=12 * MIB, patience=10.0, pace=MIB),
    Reading(patience=4.0, pace=256 * 1024),
    threads=2,
    streams=2,
)
