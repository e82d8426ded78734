"""Nothing is lost or doubled while parts of the site are killed, hang or forget (promises D3, D4, D8); see ledger.py.

`make chaos` does the same for ten minutes, at random.
"""

import pytest

from tests.e2e.faults import flush, hang, kill_part
from tests.e2e.ledger import Ledger
from tests.e2e.site import Site
from tests.stack.running import until

SLOWEST = 0.25  # seconds a log call may take on a machine where everything is being restarted


def check(ledger: Ledger, calls: int) -> None:
    account = ledger.close()
    assert account.complaints == []
    assert account.slowest < SLOWEST
    assert min(account.calls) > calls


def test_nothing_is_lost_or_doubled_when_every_part_is_killed(lab: Site) -> None:
    ledger = Ledger.opened(lab, 3)
    for part in ("web", "worker", "redis", "beat", "postgres", "web"):
        kill_part(lab, part)
    flush(lab)
    check(ledger, 500)


@pytest.mark.parametrize("part", ["postgres", "worker"])
def test_nothing_is_lost_or_doubled_when_a_part_hangs(lab: Site, part: str) -> None:
    ledger = Ledger.opened(lab, 1)
    lab.until_points(ledger.trainers[0].run, "value", 100)
    hang(lab.stack.pid(part), 3)
    until(lab.stack.healthy)
    check(ledger, 500)


def test_after_a_flushed_redis_the_worker_folds_what_waits(lab: Site) -> None:
    ledger = Ledger.opened(lab, 1)
    lab.until_points(ledger.trainers[0].run, "value", 100)
    flush(lab)
    check(ledger, 100)
