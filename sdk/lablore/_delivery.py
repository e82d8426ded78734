"""Bringing the spools of one run's folder to the server, in the order they were written, exactly once in effect."""

import json
import random
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from lablore._notices import now_ms, sized, tame
from lablore._opening import open_run
from lablore._server import Answer, Outcome, Server
from lablore._status import Status, read_status, write_status
from lablore._tail import Batch, Tail, UnreadableSpoolError

_TOO_LARGE = 413


@dataclass(frozen=True)
class Pace:
    """Seconds between things: two looks at the folder (`poll`), heartbeats (the server calls a run lost after 60 of
    silence), the shortest and the longest pause after trouble, and the pause after the server denied us.
    """

    poll: float = 0.2
    heartbeat: float = 10.0
    first: float = 0.5
    longest: float = 30.0
    denied: float = 60.0


PACE = Pace()


class Delivery:
    """The state of one delivery: the spools of a folder, and how the server last answered.

    `fresh_key` is asked for a key after the server refused ours: somebody may have signed in again. `ended` says of copied
    spools that nobody writes their originals any more.
    """

    def __init__(
        self, folder: Path, server: Server, ended: bool = False, fresh_key: Callable[[], str] = str, pace: Pace = PACE
    ) -> None:
        self._folder = folder
        self._server = server
        self._ended = ended
        self._fresh_key = fresh_key
        self._pace = pace
        self._tails: dict[str, Tail] = {}
        self._unreadable: set[str] = set()
        self._created = False
        self._purged: Answer | None = None  # the answer that said that the run is deleted for ever
        self._failures = 0
        self._not_before = 0.0
        self._spoken = 0.0
        self._denied = False
        self._told: set[str] = set()
        self.delivered = 0
        self.refused = 0
        self.queued = 0  # bytes the server did not have when it last could not take them
        self.status = Status(url=(old := read_status(folder)).url, name=old.name)

    @property
    def why(self) -> str:
        """Why nothing is sent at the moment; empty when nothing hinders."""
        return self.status.waiting

    def __enter__(self) -> "Delivery":
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None) -> None:
        for tail in self._tails.values():
            tail.close()

    def follow(self) -> None:
        """Deliver until every writer has ended and all is delivered, however long a server is away.

        Leaves early when the folder is gone, or when the server will not have us and no writer lives that could see it.
        """
        while self._folder.is_dir():
            self.round()
            alive = any(tail.is_alive() for tail in self._tails.values())
            if not alive and (self._denied or self.is_complete()):
                break
            if alive:
                self.beat()
            time.sleep(self._pace.poll)

    def push(self, patience: float) -> bool:
        """Deliver what is there now; a server that is away is tried for `patience` seconds. True when all was delivered."""
        until = time.monotonic() + patience
        while True:
            self.round()
            if not self.status.waiting or self._denied or time.monotonic() >= until:
                break
            time.sleep(self._pace.poll)
        return not self.status.waiting

    def is_complete(self) -> bool:
        """Whether no spool has anything left to send, now or later."""
        return all(tail.place.done for tail in self._tails.values())

    def open_ends(self) -> list[Tail]:
        """Spools whose end is not known: their writers live, or they are copies."""
        return [tail for tail in self._tails.values() if not tail.place.done]

    def round(self) -> None:
        """Send all that is ready, unless a pause is due. Stops at the first answer that asks to wait."""
        self._discover()
        if time.monotonic() < self._not_before:
            return
        try:
            for tail in sorted(self._tails.values(), key=lambda tail: (str(tail.header.get("started")), tail.writer)):
                while (batch := tail.next_batch()) is not None:
                    if not self._create(tail) or not self._send(tail, batch):
                        return
        except OSError as error:  # of the disk; the network's are answers
            self._wait(Answer(Outcome.AGAIN, why=f"{self._folder} cannot be read: {tame(error)}"))
            return
        if self.status.waiting:
            self._went_well()

    def _discover(self) -> None:
        for path in sorted(self._folder.glob("*.spool")):
            if path.stem in self._tails or path.name in self._unreadable:
                continue
            try:
                tail = self._tails[path.stem] = Tail(path, self._ended)
            except (UnreadableSpoolError, OSError) as error:
                self._unreadable.add(path.name)
                self._notice(tame(error))
            else:
                self.status.acked[path.stem] = tail.place.end
                self._tell()

    def _create(self, tail: Tail) -> bool:
        """Make sure the run exists; once per process, for the server knows it by its name."""
        if self._created or self._purged:
            return True
        answer, told = open_run(self._server, tail.header["run"])
        if answer.is_purged:
            self._purged = answer
            return True
        if answer.outcome is not Outcome.DONE:
            self._wait(answer if answer.outcome is Outcome.AGAIN else Answer(Outcome.DENIED, why=answer.why))
            return False
        for text in told:
            self._notice(text)
        self._created = True
        self.status.url = tame(answer.data["url"], 2000)
        self.status.name = tame(answer.data.get("name") or tail.header["run"].get("name") or tail.header["run"]["uid"])
        self._went_well()
        return True

    def _send(self, tail: Tail, batch: Batch) -> bool:
        answer = self._purged or self._server.put_batch(tail.header["run"]["uid"], tail.writer, batch.seq, batch.body)
        if answer.outcome in (Outcome.AGAIN, Outcome.DENIED):
            self._created = self._created and answer.status != 404
            self._wait(answer)
            return False
        if answer.outcome is Outcome.REFUSED:
            self._purged = answer if answer.is_purged else None
            self._set_aside(tail, batch, answer)
        else:
            self.delivered += batch.points
            self._note_rejected(answer)
        tail.settle(batch)
        self.status.acked[tail.writer] = tail.place.end
        self._went_well()
        return True

    def _set_aside(self, tail: Tail, batch: Batch, answer: Answer) -> None:
        """A batch the server will never take must not hold up those after it. Its records stay in the spool."""
        self.refused += 1
        name = {"writer": tail.writer, "seq": batch.seq, "end": batch.end, "bytes": len(batch.body)}
        entry = {**name, "status": answer.status, "why": answer.why, "at": now_ms()}
        with suppress(OSError), (self._folder / "refused.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(entry) + "\n")
        if answer.is_purged:
            self._notice(f"nothing more of this run is sent, its records stay in {self._folder}: {answer.why}", once="purged")
            return
        large = answer.status == _TOO_LARGE
        what = f"of {sized(len(batch.body))} is larger than the server takes" if large else "was refused"
        told = f"a batch {what} and is kept aside in {self._folder}: {answer.why} (said once)"
        self._notice(told, once="too large" if large else "refused")

    def _note_rejected(self, answer: Answer) -> None:
        rejected = answer.data.get("rejected")
        if isinstance(rejected, list) and rejected:
            first = rejected[0] if isinstance(rejected[0], dict) else {}
            what = f"{tame(first.get('key'), 80)}: {tame(first.get('reason'))}"
            self._notice(f"the server rejected {len(rejected)} records, first {what} (said once)", once="rejected")

    def beat(self) -> None:
        """Tell the server that we live when no batch has for ten seconds. A failure is left to the next batch to meet."""
        now = time.monotonic()
        if self._created and not self._purged and now - self._spoken >= self._pace.heartbeat and now >= self._not_before:
            self._spoken = now
            for uid in {str(tail.header["run"]["uid"]) for tail in self._tails.values()}:
                self._server.heartbeat(uid)

    def _went_well(self) -> None:
        self._failures = 0
        self._denied = False
        self._spoken = time.monotonic()
        self.status.waiting, self.status.stopped = "", False
        self._tell()

    def _wait(self, answer: Answer) -> None:
        """Pause: exponential with full jitter, so that a lab's runs do not all come back in the same second."""
        self._denied = answer.outcome is Outcome.DENIED
        if self._denied:
            pause = self._pace.denied
            self._notice(f"nothing is delivered: {answer.why}", once=f"denied {answer.status}")
            if key := self._fresh_key():
                self._server.use_key(key)
        else:
            ceiling = min(self._pace.longest, self._pace.first * 2**self._failures)
            pause = max(answer.pause or 0.0, random.uniform(self._pace.first / 2, ceiling))  # noqa: S311 - no secret
        self._failures = min(self._failures + 1, 10)
        self._not_before = time.monotonic() + pause
        self.queued = sum(tail.queued for tail in self._tails.values())
        self.status.waiting, self.status.stopped = answer.why, self._denied
        self._tell()

    def _notice(self, text: str, once: str = "") -> None:
        """Have `text` said by the trainer or the command line, the first time only."""
        key = once or text
        if key not in self._told:
            self._told.add(key)
            self.status.notices.append(text)
            self._tell()

    def _tell(self) -> None:
        write_status(self._folder, self.status)
