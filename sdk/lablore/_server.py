"""The server as the sync process meets it. It is not trusted: answers are bounded, checked, and redirects never followed."""

import email.utils
import gzip
import json
import ssl
import time
from dataclasses import dataclass, field
from enum import Enum
from functools import cache
from types import TracebackType
from typing import Any

import httpx

from lablore._notices import tame
from lablore._settings import Access

_LONGEST_ANSWER = 1 << 20
_LONGEST_TIME = 60.0  # seconds for a whole answer, however slowly it dribbles
_LONGEST_PAUSE = 300.0
_AGAIN = {408, 425, 429}
_DENIED = {401, 402, 403, 404, 407}
_GONE, _PURGED = 410, "run_purged"


class Outcome(Enum):
    """What to do about an answer."""

    DONE = "done"
    AGAIN = "again"  # later, for ever: network, 5xx, 429
    DENIED = "denied"  # not with this key, address or run: sending more is no use
    REFUSED = "refused"  # this one is not acceptable and never will be


@dataclass(frozen=True)
class Answer:
    """An outcome, what the server said (checked to be a map), why in words, and the pause it asked for in seconds."""

    outcome: Outcome
    status: int = 0
    data: dict[str, Any] = field(default_factory=dict)
    why: str = ""
    pause: float | None = None

    @property
    def is_purged(self) -> bool:
        """Whether the run was deleted for ever: no request about it will ever be answered otherwise."""
        error = self.data.get("error")
        return self.status == _GONE and isinstance(error, dict) and error.get("code") == _PURGED


class Server:
    """Wire v1 over HTTP; see docs/wire.md. `transport` replaces the network (httpx.WSGITransport in a test)."""

    def __init__(self, access: Access, transport: httpx.BaseTransport | None = None) -> None:
        self._host = access.host
        self._client = httpx.Client(
            base_url=access.host,
            headers={"Accept": "application/json", "Accept-Encoding": "identity"},
            timeout=httpx.Timeout(30.0, connect=10.0),
            follow_redirects=False,
            verify=_trusted(),
            transport=transport,
        )
        self.use_key(access.key)

    def use_key(self, key: str) -> None:
        """The key from now on."""
        self._client.headers["Authorization"] = f"Bearer {key}"

    def me(self) -> Answer:
        """Who the key belongs to."""
        return self._ask("GET", "/api/v1/me", "user", {200})

    def create_run(self, run: dict[str, Any]) -> Answer:
        """Make the run, or find that it exists."""
        return self._ask("POST", "/api/v1/runs", "url", {200, 201}, _json(run), "application/json")

    def put_batch(self, uid: str, writer: str, seq: int, body: bytes) -> Answer:
        """Hand one batch over."""
        path = f"/api/v1/runs/{uid}/batches/{writer}/{seq}"
        packed = gzip.compress(body, 1, mtime=0)
        return self._ask("PUT", path, "points", {200, 202}, packed, "application/msgpack", encoding="gzip")

    def heartbeat(self, uid: str) -> Answer:
        """Say that the writers are alive."""
        return self._ask("POST", f"/api/v1/runs/{uid}/heartbeat", "state", {200}, b"{}", "application/json")

    def _ask(  # noqa: PLR0913 - one request, said whole
        self, method: str, path: str, proof: str, good: set[int], content: bytes = b"", kind: str = "", encoding: str = ""
    ) -> Answer:
        headers = {name: value for name, value in (("Content-Type", kind), ("Content-Encoding", encoding)) if value}
        try:
            with self._client.stream(method, path, content=content or None, headers=headers) as response:
                return self._judge(response, _read(response), proof, good)
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            return Answer(Outcome.AGAIN, why=f"{self._host} cannot be reached ({type(error).__name__}: {tame(error)})")

    def _judge(self, response: httpx.Response, body: bytes, proof: str, good: set[int]) -> Answer:
        """An acknowledgement is a good status with the right JSON; a login page or a proxy's greeting is none."""
        status = response.status_code
        data = _map_of(body)
        if status in good and proof in data:
            return Answer(Outcome.DONE, status, data)
        why = f"{self._host} answered {status}{_reason(data)}"
        if status < 400:
            return Answer(Outcome.DENIED, status, data, f"{why}, which is not Lablore's answer; is the address right?")
        if status in _DENIED:
            return Answer(Outcome.DENIED, status, data, why)
        if status in _AGAIN or status >= 500:
            return Answer(Outcome.AGAIN, status, data, why, _pause(response))
        return Answer(Outcome.REFUSED, status, data, why)

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None) -> None:
        self._client.close()


@cache
def _trusted() -> ssl.SSLContext:
    """Whose certificates count. Once a process: reading the list takes longer than many requests."""
    return httpx.create_ssl_context()


def _json(data: dict[str, Any]) -> bytes:
    return json.dumps(data).encode()


def _read(response: httpx.Response) -> bytes:
    """The answer's first MiB, within a minute. A longer or slower one is cut, and then no acknowledgement."""
    body = b""
    until = time.monotonic() + _LONGEST_TIME
    for piece in response.iter_raw():
        body += piece
        if len(body) > _LONGEST_ANSWER or time.monotonic() > until:
            break
    return body[:_LONGEST_ANSWER]


def _map_of(body: bytes) -> dict[str, Any]:
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}


def _reason(data: dict[str, Any]) -> str:
    error = data.get("error")
    message = error.get("message") if isinstance(error, dict) else None
    return f": {tame(message)}" if message else ""


def _pause(response: httpx.Response) -> float | None:
    """Seconds of a Retry-After header (RFC 9110: seconds or a date), at most five minutes."""
    text = response.headers.get("Retry-After", "").strip()
    if text.isdecimal():
        return min(float(text[:9]), _LONGEST_PAUSE)
    try:
        moment = email.utils.parsedate_to_datetime(text).timestamp()
    except (ValueError, TypeError, OverflowError):
        return None
    return min(max(moment - time.time(), 0.0), _LONGEST_PAUSE)
