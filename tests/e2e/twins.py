"""Senders that say every batch to two web servers in the same moment, and until both have answered (promise D4)."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from threading import Event, Thread

import httpx

from tests.e2e.site import Site
from tests.factories.batch import batch_of, line

ROWS = 20  # of a batch
RUN = "tw1nstw1nstw1ns0"  # a run's uid
END = batch_of([], [(0, "finish", {"state": "finished"})])


class Abandoned(Exception):
    """Nobody waits for an answer any more."""


@dataclass
class Twins:
    """Batches 0, 1, 2, … of one run. `complaints` say where the two answers do not agree."""

    site: Site
    addresses: list[str]
    batches: int = 0
    complaints: list[str] = field(default_factory=list)
    over: Event = field(default_factory=Event)
    gone: Event = field(default_factory=Event)

    def start(self) -> None:
        answer = httpx.post(
            f"{self.site.address}/api/v1/runs",
            json={"uid": RUN, "project": "ledger", "name": "twins"},
            headers={"authorization": f"Bearer {self.site.log_key}"},
            trust_env=False,
        )
        assert answer.status_code in {200, 201}, answer.text
        self.thread = Thread(target=self._work)
        self.thread.start()

    def close(self) -> list[str]:
        """End after the batch in hand; what was wrong with the answers, and what the history has that was not said."""
        self.over.set()
        self.thread.join()
        self._say(self.site.address, self.batches, END)  # an ended run is folded at once
        steps, values = self.site.history(RUN, "twice")
        if steps.tolist() != list(range(ROWS * self.batches)) or values.tolist() != (steps / 2).tolist():
            self.complaints.append(f"the history has {len(steps)} points of {ROWS * self.batches}, or others")
        return self.complaints

    def _work(self) -> None:
        try:
            self._say_all_twice()
        except Exception as error:  # nobody would hear of it in this thread
            self.complaints.append(f"the twins broke off: {error!r}")

    def _say_all_twice(self) -> None:
        with suppress(Abandoned), ThreadPoolExecutor(len(self.addresses)) as hands:
            while not self.over.is_set():
                first = ROWS * self.batches
                body = batch_of(line("twice", [step / 2 for step in range(first, first + ROWS)], first))
                acts = [hands.submit(self._say, address, self.batches, body) for address in self.addresses]
                self._compare([act.result() for act in acts])
                self.batches += 1

    def _say(self, address: str, seq: int, body: bytes) -> tuple[httpx.Response, bool]:
        """(the answer, whether it came to the first attempt)"""
        headers = {"authorization": f"Bearer {self.site.log_key}", "content-type": "application/msgpack"}
        attempts = 0
        with httpx.Client(trust_env=False, timeout=10) as client:
            while not self.gone.is_set():
                attempts += 1
                try:
                    answer = client.put(f"{address}/api/v1/runs/{RUN}/batches/twin/{seq}", content=body, headers=headers)
                    if answer.status_code < 500:
                        return answer, attempts == 1
                except httpx.TransportError:
                    pass
                time.sleep(0.1)
        raise Abandoned

    def _compare(self, answers: list[tuple[httpx.Response, bool]]) -> None:
        """One says that it is new, unless the word of that one was lost on its way."""
        told = [answer.status_code for answer, _ in answers]
        at_once = all(first for _, first in answers)
        if not set(told) <= {200, 202} or told.count(202) > 1 or (at_once and told.count(202) != 1):
            self.complaints.append(f"batch {self.batches} was answered {told}")
        if len({answer.content for answer, _ in answers}) > 1:
            self.complaints.append(f"batch {self.batches} had different answers: {[answer.text for answer, _ in answers]}")


@contextmanager
def twins_of(site: Site, addresses: list[str]) -> Iterator[Twins]:
    """Twins at work; given up at the end of the block where nobody closed them, as a site that stays away never answers."""
    twins = Twins(site, addresses)
    twins.start()
    try:
        yield twins
    finally:
        twins.gone.set()
        twins.thread.join()
