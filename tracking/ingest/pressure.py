"""Back-pressure: a run that sends faster than the worker folds is asked to wait before what waits hurts its readers.

Asked on every batch, so PostgreSQL counts once a second at most and what is accepted in between is added here. The figure is
this process's own: of several web processes each misses what the others took within that second.
"""

import threading
import time

from tracking.errors import Backlogged
from tracking.limits import WAITING_FRESH_SECONDS, WAITING_PAUSE_SECONDS, WAITING_RUN, WAITING_SITE, WAITING_SMALL
from tracking.queries.backlog import waiting_weights


class Pressure:
    """What waits for the fold, per run, counted anew after `fresh` seconds. Weights as in tracking.limits."""

    def __init__(self, fresh: float = WAITING_FRESH_SECONDS) -> None:
        self._fresh = fresh
        self._weights: dict[int, int] = {}
        self._total = 0
        self._counted_at = float("-inf")
        self._books = threading.Lock()
        self._counting = threading.Lock()

    def make_way(self, run_id: int, weight: int = 0) -> None:
        """`weight` more is about to wait. Raises Backlogged when there is no room for it.

        One batch always fits where nothing waits, so nothing that is acceptable is told to wait for ever.
        """
        self._count_anew()
        with self._books:
            mine = self._weights.get(run_id, 0)
            if mine >= WAITING_RUN:
                raise _backlogged("This run sends faster than the server stores.")
            if self._total >= WAITING_SITE and mine >= WAITING_SMALL:
                raise _backlogged("The server is given more than it can store just now.")
            self._weights[run_id] = mine + weight
            self._total += weight

    def _count_anew(self) -> None:
        """One thread counts; the others go on with the figure there is rather than wait for it."""
        if time.monotonic() - self._counted_at < self._fresh or not self._counting.acquire(blocking=False):
            return
        try:
            weights = waiting_weights()
            with self._books:
                self._weights, self._total, self._counted_at = weights, sum(weights.values()), time.monotonic()
        finally:
            self._counting.release()


def _backlogged(why: str) -> Backlogged:
    return Backlogged(f"{why} Send the same batch again in {WAITING_PAUSE_SECONDS} s.", retry_after=WAITING_PAUSE_SECONDS)


pressure = Pressure()
