"""The edge of the SDK's world: a small real HTTP server that keeps what it is sent and can be made to fail.

It reads wire v1 by docs/wire.md alone, not with the SDK's code.
"""

import gzip
import json
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import msgspec

from tests.sdk.run_rules import refusal_of

KEY = "lbl_abcdefgh_0123456789abcdef0123456789abcdef"
Point = tuple[int, int, str, bytes]  # step, time, key, the eight bytes of the value


@dataclass
class Ask:
    """One request as it came."""

    method: str
    path: str
    key: str
    body: bytes


@dataclass
class Reply:
    """What to answer instead of the truth; `drop` closes the connection, before the work is done or after it."""

    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict)
    drop: bool = False
    work_first: bool = False


class LabServer:
    """`runs` by uid as posted, `batches` by (uid, writer, seq) inflated, `asks` in order of arrival."""

    def __init__(self) -> None:
        self.runs: dict[str, dict[str, Any]] = {}
        self.batches: dict[tuple[str, str, int], bytes] = {}
        self.conflicts: list[tuple[str, str, int]] = []
        self.repeats: list[tuple[str, str, int]] = []
        self.beats = 0
        self.asks: list[Ask] = []
        self.trouble: Callable[[Ask], Reply | None] = lambda ask: None
        self.keys = {KEY}
        self._lock = threading.Lock()
        self._http: ThreadingHTTPServer | None = None
        self.port = 0
        self.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Listen, on the port it had before if it had one."""
        handler = type("Handler", (_Handler,), {"lab": self})
        self._http = ThreadingHTTPServer(("127.0.0.1", self.port), handler)
        self._http.daemon_threads = True
        self.port = self._http.server_address[1]
        threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def stop(self) -> None:
        """Be away: connections are refused."""
        if self._http is not None:
            self._http.shutdown()
            self._http.server_close()
            self._http = None

    def answer(self, ask: Ask) -> Reply:
        """The contract's answer."""
        with self._lock:
            if ask.key not in self.keys:
                return _error(401, "no_key", "the key is not known")
            parts = ask.path.strip("/").split("/")[2:]
            match ask.method, parts:
                case "GET", ["me"]:
                    return _json(200, {"user": "alice@lab.example", "team": "vision", "scopes": ["log"], "url": self.url})
                case "POST", ["runs"]:
                    return self._create(json.loads(ask.body))
                case "POST", ["runs", uid, "heartbeat"] if uid in self.runs:
                    self.beats += 1
                    return _json(200, {"state": "running"})
                case "PUT", ["runs", uid, "batches", writer, seq] if uid in self.runs:
                    return self._take((uid, writer, int(seq)), gzip.decompress(ask.body))
        return _error(404, "not_found", "no such thing")

    def _create(self, run: dict[str, Any]) -> Reply:
        refused = refusal_of(run)
        if refused:
            return _json(refused[0], {"error": refused[1]})
        status = 200 if run["uid"] in self.runs else 201
        self.runs.setdefault(run["uid"], run)
        page = f"{self.url}/vision/{run['project']}/runs/{run['uid']}"
        return _json(status, {"uid": run["uid"], "name": run.get("name") or "calm-otter", "url": page, "state": "running"})

    def _take(self, name: tuple[str, str, int], body: bytes) -> Reply:
        before = self.batches.setdefault(name, body)
        if sha256(before).digest() != sha256(body).digest():
            self.conflicts.append(name)
            return _error(409, "conflict", "another content under this name")
        points = sum(len(group[0]) * (len(group[2]) // 8) for group in msgspec.msgpack.decode(body)["groups"])
        if before is not body:
            self.repeats.append(name)
        return _json(200 if before is not body else 202, {"points": points, "rejected": []})

    def points(self, uid: str) -> list[Point]:
        """All points of a run in the order of writers and batches; of a record in the order it was logged."""
        found: list[tuple[tuple[str, int, int, int], Point]] = []
        for (run, writer, seq), body in list(self.batches.items()):
            if run == uid:
                found += [((writer, seq, *place), point) for place, point in points_of(msgspec.msgpack.decode(body))]
        return [point for _, point in sorted(found)]

    def values(self, uid: str, key: str) -> list[tuple[int, float]]:
        """(step, value) of one metric, in order."""
        return [(step, struct.unpack("<d", raw)[0]) for step, _, name, raw in self.points(uid) if name == key]

    def updates(self, uid: str, kind: str) -> list[dict[str, Any]]:
        """The data of a run's updates of one kind, as the contract sorts them: time, writer, seq, order."""
        found = []
        for (run, writer, seq), body in list(self.batches.items()):
            if run == uid:
                batch = msgspec.msgpack.decode(body)
                found += [(when, writer, seq, order, data) for order, when, name, data in batch["updates"] if name == kind]
        return [data for *_, data in sorted(found, key=lambda entry: entry[:4])]

    def end(self, uid: str) -> dict[str, Any] | None:
        """How the run ended, None while it goes on."""
        ends = self.updates(uid, "finish")
        return ends[-1] if ends else None


def points_of(batch: dict[str, Any]) -> list[tuple[tuple[int, int], Point]]:
    assert set(batch) == {"v", "groups", "updates"}
    assert batch["v"] == 1
    found = []
    for keys, order, steps, times, values in batch["groups"]:
        rows = len(steps) // 8
        places = struct.unpack(f"<{rows}i", order) if order else range(rows)
        for row, (place, step, when) in enumerate(
            zip(places, struct.unpack(f"<{rows}q", steps), struct.unpack(f"<{rows}q", times), strict=True)
        ):
            for column, key in enumerate(keys):
                at = 8 * (row * len(keys) + column)
                found.append(((place, column), (step, when, key, values[at : at + 8])))
    return found


def _json(status: int, data: dict[str, Any]) -> Reply:
    return Reply(status, json.dumps(data).encode(), {"Content-Type": "application/json"})


def _error(status: int, code: str, message: str) -> Reply:
    return _json(status, {"error": {"code": code, "message": message}})


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    lab: LabServer

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        ask = Ask(self.command, self.path, self.headers.get("Authorization", "").removeprefix("Bearer "), body)
        self.lab.asks.append(ask)
        trouble = self.lab.trouble(ask)
        reply = trouble or self.lab.answer(ask)
        if trouble and trouble.work_first:
            self.lab.answer(ask)
        if reply.drop:
            self.close_connection = True
            self.connection.close()
            return
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        self.wfile.write(reply.body)

    do_GET = do_POST = do_PUT = _serve

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: the test prints what matters."""
