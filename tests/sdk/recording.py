"""A finished run as tests deliver it, what a server must have of it, and trouble on the way."""

from collections.abc import Callable

import lablore
from lablore._delivery import Delivery, Pace
from lablore._server import Server
from lablore._settings import Access

from tests.sdk.server import KEY, Ask, LabServer, Reply

STEPS = 400
HASTE = Pace(poll=0.01, first=0.02)


def recorded(cuts: int = 4) -> lablore.Run:
    """A finished offline run of STEPS steps in `cuts` batches and one for its end."""
    with lablore.init(project="digits", mode="offline") as run:
        for step in range(STEPS):
            run.log({"loss": step / 2, "acc": 1 / (step + 1)})
            if step % (STEPS // cuts) == STEPS // cuts - 1:
                run._recorder._cut()
    return run


def everything(lab: LabServer, run: lablore.Run) -> None:
    """The server has the whole run, each batch under one name with one content."""
    assert lab.values(run.id, "loss") == [(step, step / 2) for step in range(STEPS)]
    assert lab.values(run.id, "acc") == [(step, 1 / (step + 1)) for step in range(STEPS)]
    assert lab.end(run.id) == {"state": "finished", "exit_code": 0, "reason": None}
    assert lab.conflicts == []


def nth_batch(n: int, reply: Reply, times: int = 1) -> Callable[[Ask], Reply | None]:
    """Trouble at the n-th PUT and the `times - 1` after it."""
    seen = [0]

    def trouble(ask: Ask) -> Reply | None:
        seen[0] += ask.method == "PUT"
        return reply if ask.method == "PUT" and n <= seen[0] < n + times else None

    return trouble


def hasten(lab: LabServer, run: lablore.Run) -> Delivery:
    """`push` with short pauses, where a test has the server ask for some."""
    with Server(Access(lab.url, KEY)) as server, Delivery(run.dir, server, pace=HASTE) as delivery:
        delivery.push(60.0)
        return delivery
