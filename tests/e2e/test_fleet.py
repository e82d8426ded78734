"""Two web servers and three workers on one database come and go, and nothing is lost or doubled ("growing past one machine").

`make chaos` does the same for ten minutes, with everything else going wrong too.
"""

from tests.e2e.fleet import fleet_of
from tests.e2e.ledger import Ledger
from tests.e2e.site import Site
from tests.e2e.storm import Storm, faults_of
from tests.e2e.twins import twins_of
from tests.stack.running import until

BURSTS = 2
TWICE = 10  # batches that two web servers are told in the same moment, at least


def test_nothing_is_lost_or_doubled_by_a_fleet(lab: Site) -> None:
    with fleet_of(lab, webs=1, workers=2) as fleet, twins_of(lab, fleet.addresses) as twins:
        ledger = Ledger.opened(lab, 2, fleet.addresses)
        ends = {name: fault for name, fault in faults_of(lab, fleet).items() if name.startswith(("kill w", "end w"))}
        storm = Storm(lab, fleet, ends, seed=7)
        for _ in range(BURSTS):
            storm.burst()
        until(lambda: twins.batches >= TWICE)
        complaints = twins.close()
        account = ledger.close()
    assert storm.done.total() >= BURSTS
    assert account.complaints + complaints == []
