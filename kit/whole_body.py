"""The bodies of requests, each waited for on the event loop until it is whole; what they take of time and memory is bounded."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from kit.refusal import BrokenBody, Refusal, TooLarge

Receive = Callable[[], Awaitable[dict[str, Any]]]


class TooSlow(Refusal):
    code = "too_slow"
    status = 408


class NoRoom(Refusal):
    code = "busy"
    status = 503


class Gone(Exception):
    """The client has left before its request was whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """Bytes of one body, and of all under way together; a body may take `patience` seconds and one more per `pace` bytes."""

    body: int
    bodies: int = 256 * 1024 * 1024
    patience: float = 15.0
    pace: int = 16 * 1024


class Bodies:
    """All bodies under way; `held` counts their bytes."""

    def __init__(self, bounds: Bounds) -> None:
        self.bounds = bounds
        self.held = 0

    @asynccontextmanager
    async def whole(self, headers: dict[bytes, bytes], receive: Receive) -> AsyncIterator[bytearray]:
        """The body of an ASGI request, held until the block ends.

        Raises a Refusal when it becomes too long or takes too long, Gone when nobody is there to finish it.
        """
        body = bytearray()
        declared = (
            int(headers[b"content-length"]) if b"content-length" in headers else None
        )  # the server refuses what is no number
        try:
            if declared is not None or b"transfer-encoding" in headers:
                await self._read(body, declared or 0, receive)
            if declared not in (None, len(body)):
                raise BrokenBody(f"The body ended after {len(body)} of {declared} bytes. Send it again.")
            yield body
        finally:
            self.held -= len(body)

    async def _read(self, body: bytearray, declared: int, receive: Receive) -> None:
        self._check(declared)
        began = asyncio.get_running_loop().time()
        try:
            async with asyncio.timeout(self.bounds.patience) as limit:
                more = True
                while more:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        raise Gone
                    more = message.get("more_body", False)
                    self._keep(body, message.get("body", b""))
                    limit.reschedule(began + self.bounds.patience + len(body) / self.bounds.pace)
        except TimeoutError:
            raise TooSlow("The body came too slowly. Send it again, in smaller parts.") from None

    def _keep(self, body: bytearray, part: bytes) -> None:
        body += part
        self.held += len(part)
        self._check(len(body))
        if self.held > self.bounds.bodies:
            raise NoRoom("Too much is being sent at once. Try again in a moment.", retry_after=2)

    def _check(self, length: int) -> None:
        limit = self.bounds.body
        if length > limit:
            raise TooLarge(f"A body has at most {limit >> 20} MiB. Send less at once.", limit=limit)
