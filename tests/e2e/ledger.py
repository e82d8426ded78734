"""A ledger (promise D3): trainers log values that nobody else logs while the site goes wrong.

Afterwards every value whose log call returned is there exactly once and bit by bit, no other is, summaries are exact and as a
fold from scratch makes them, and the trainers noticed nothing.
"""

import inspect
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tests.e2e.site import Site, Trainer, program
from tests.factories.oracle import Oracle
from tests.stack.running import until

PAUSES = (0.004, 0.002, 0.008)  # seconds between two log calls, of one trainer after the other


def row_of(number: int, call: int) -> tuple[int, dict[str, float]]:
    """(step, values) of a trainer's call; one call in fifty goes back and replaces what was said."""
    row = {"value": number * 1e9 + call + 0.25}
    if call % 3 == 0:
        row["other"] = -call / 7
    if call % 11 == 0:
        odd = ["nan", "inf", "-inf", "-0.0", "5e-324", "1.7e308"]
        row["odd"] = float(odd[call // 11 % len(odd)])
    return call - 40 * (call % 50 == 49), row


TRAINING = (
    inspect.getsource(row_of)
    + """
number, pause = int(sys.argv[1]), float(sys.argv[2])
run = lablore.init("ledger", f"writer-{number}")
say(run.id)
took = []
while not told_to_end():
    step, row = row_of(number, len(took))
    before = time.perf_counter()
    run.log(row, step=step)
    took.append(time.perf_counter() - before)
    time.sleep(pause)
say({"calls": len(took), "slowest": max(took), "usual": sorted(took)[len(took) * 99 // 100]})
run.finish()
"""
)


@dataclass(frozen=True)
class Account:
    """`calls` of each trainer that returned, the slowest, and what 99 in 100 took at most of any trainer (seconds).

    `complaints` say what is wrong, one sentence each; `points` and `batches` are what the server has.
    """

    calls: list[int]
    slowest: float
    usual: float
    points: int
    batches: int
    complaints: list[str]


@dataclass(frozen=True)
class Ledger:
    """Trainers at work on a site."""

    site: Site
    trainers: list[Trainer]

    @classmethod
    def opened(cls, site: Site, trainers: int, addresses: Sequence[str] = ("",)) -> "Ledger":
        """Start trainers, spread over the addresses of the site's web servers."""
        found = []
        for number in range(trainers):
            pause = str(PAUSES[number % len(PAUSES)])
            found.append(site.train(TRAINING, str(number), pause, address=addresses[number % len(addresses)]))
        return cls(site, found)

    def close(self, seconds: float = 60.0) -> Account:
        """End the trainers, wait some seconds at most until all is delivered and folded, and look at it."""
        for trainer in self.trainers:
            trainer.tell_to_end()
        said: list[dict[str, Any]] = [trainer.next_line() for trainer in self.trainers]
        complaints = []
        for number, trainer in enumerate(self.trainers):
            if (code := trainer.exit_code(seconds + 60)) != 0:
                complaints.append(f"trainer {number} ended with {code}: {trainer.errors()}")
            elif "could not be recorded" in trainer.errors():
                complaints.append(f"trainer {number} could not record everything")
        for trainer in self.trainers:
            self.site.until_state(trainer.run, {"finished"}, seconds)
        until(lambda: self.site.unfolded_seconds() is None, seconds)
        for number, (trainer, words) in enumerate(zip(self.trainers, said, strict=True)):
            complaints += [f"trainer {number}: {what}" for what in _differences(self.site, trainer.run, number, words["calls"])]
        stored = program(self.site.stack, "tests.e2e.refold", *(trainer.run for trainer in self.trainers))
        return Account(
            calls=[words["calls"] for words in said],
            slowest=max(words["slowest"] for words in said),
            usual=max(words["usual"] for words in said),
            points=stored["points"],
            batches=stored["batches"],
            complaints=complaints + stored["complaints"],
        )


def _differences(site: Site, run: str, number: int, calls: int) -> list[str]:
    """What the API tells of a run that is not what its trainer said in so many calls."""
    oracle = Oracle()
    oracle.take("", 0, [(step, 0, row) for step, row in (row_of(number, call) for call in range(calls))])
    found = site.series(run)
    different = [] if found.keys() == oracle.said.keys() else [f"has the metrics {sorted(found)}, not {sorted(oracle.said)}"]
    for key in found.keys() & oracle.said.keys():
        steps, values = site.history(run, key)
        told = list(zip(steps.tolist(), values.view(np.uint64).tolist(), strict=True))
        said = [(place[0], word) for place, _, word in oracle.history(key)]
        if told != said:
            different.append(f"{key}: {len(told)} points, not {len(said)}; {_first_difference(told, said)}")
        if (summary := _summary(oracle, key)) != found[key]:
            different.append(f"{key}: summed up as {found[key]}, not {summary}")
    return different


def _first_difference(told: list[tuple[int, int]], said: list[tuple[int, int]]) -> str:
    at = next((i for i, (one, other) in enumerate(zip(told, said, strict=False)) if one != other), min(len(told), len(said)))
    return f"at position {at} {told[at : at + 1]}, not {said[at : at + 1]}"


def _summary(oracle: Oracle, key: str) -> dict[str, Any]:
    """As the API tells it. Every metric of these trainers has a finite value."""
    points, bad, end, _, first, last, low, high, mean = oracle.summary(key)
    counts = {"points": points, "bad": bad, "end_step": end, "first": first[1], "mean": mean}
    ends = {"last": last[1], "last_step": last[0], "min": low[1], "min_step": low[0], "max": high[1], "max_step": high[0]}
    return {**counts, **ends}
