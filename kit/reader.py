"""The client an answer goes to: piece by piece, as it reads. Who reads too slowly is given up, so we hold nothing for ever.

What the system holds for such a client, a socket and what is on its way, ends with the client or by the proxy in front.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

Send = Callable[[dict[str, Any]], Awaitable[None]]

PIECE = 256 * 1024  # of an answer that is sent at once


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A client may rest for `patience` seconds in all, and earns one back with every `pace` bytes that it has read."""

    patience: float = 60.0
    pace: int = 64 * 1024


class Reader:
    """One answer being sent. What it takes to make the next part is not the client's time."""

    def __init__(self, send: Send, bounds: Reading) -> None:
        self._send = send
        self._bounds = bounds
        self._left = bounds.patience

    async def give(self, part: bytes, *, more: bool) -> None:
        """Send a part; returns when the server has taken its last piece. TimeoutError when the client is too slow."""
        clock = asyncio.get_running_loop().time
        for start in range(0, len(part) or 1, PIECE):
            piece, began = part[start : start + PIECE], clock()
            async with asyncio.timeout(self._left):
                follows = more or start + PIECE < len(part)
                await self._send({"type": "http.response.body", "body": piece, "more_body": follows})
            self._left = min(self._left - (clock() - began) + len(piece) / self._bounds.pace, self._bounds.patience)
