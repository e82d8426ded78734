"""python -m tests.e2e.chaos: the long proofs. Prints a plain report; the exit code is 1 when anything is wrong.

stack    `manage.py up` and trainers with the SDK while web, worker, beat, Redis and PostgreSQL are killed, hang or forget
fleet    the same with further web servers and workers on the same database, and a sender that says everything twice at once
store    the state machine of tests/tracking/test_store_machine.py, for many more examples
"""

import argparse
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator

from stack.processes.home import CHECKOUT
from tests.e2e.fleet import fleet_of
from tests.e2e.ledger import Account, Ledger
from tests.e2e.site import running_site
from tests.e2e.storm import Storm, faults_of
from tests.e2e.twins import twins_of

PARTS = ("stack", "fleet", "store")
KEPT = CHECKOUT / "build" / "chaos.log"
PATIENCE = 300.0  # seconds until all is delivered and folded afterwards
MACHINE = "tests/tracking/test_store_machine.py"


def main(words: list[str]) -> int:
    asked = options(words)
    complaints: list[str] = []
    for part in asked.part or PARTS:
        began = time.monotonic()
        found = list(store(asked) if part == "store" else site(asked, further=3 if part == "fleet" else 0))
        complaints += found
        print(f"  {'wrong' if found else 'right'} after {time.monotonic() - began:.0f} s\n", flush=True)
    return 1 if complaints else 0


def options(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make chaos", description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("part", nargs="*", help=f"of {', '.join(PARTS)}; all when none is named")
    parser.add_argument("--seconds", type=float, default=600, help="how long things go wrong in each part (600)")
    parser.add_argument(
        "--seed", type=int, default=int(time.time()), help="what goes wrong in what order; when, no seed can say"
    )
    parser.add_argument("--only", nargs="+", default=[""], help="faults with one of these words in their names")
    parser.add_argument("--trainers", type=int, default=6, help="trainers that log meanwhile (6)")
    parser.add_argument("--examples", type=int, default=1000, help="of the store's state machine (1000)")
    asked = parser.parse_args(words)
    if unknown := set(asked.part) - set(PARTS):
        parser.error(f"no part {', '.join(sorted(unknown))}; there are: {', '.join(PARTS)}")
    return asked


def site(asked: argparse.Namespace, further: int) -> Iterator[str]:
    """Storm over a site with `further` processes, of which one is a web server; yields what is wrong and prints the rest."""
    webs, workers = min(further, 1), max(further - 1, 0)
    say("site", f"{1 + webs} web, {1 + workers} worker, {asked.trainers} trainers, {asked.seconds:g} s, seed {asked.seed}")
    with running_site() as lab, fleet_of(lab, webs, workers) as fleet, twins_of(lab, fleet.addresses) as twins:
        ledger = Ledger.opened(lab, asked.trainers, fleet.addresses)
        faults = {name: fault for name, fault in faults_of(lab, fleet).items() if any(word in name for word in asked.only)}
        storm = Storm(lab, fleet, faults, asked.seed)
        complaints = []
        try:
            storm.blow(asked.seconds)
            complaints += twins.close()
            account = ledger.close(PATIENCE)
        except AssertionError as error:
            KEPT.write_text(lab.stack.said())
            yield told(f"{error}. What the parts said is in {KEPT.relative_to(CHECKOUT)}")
            return
        finally:
            report_faults(storm.done)
    say("twins", f"{twins.batches:,} batches, each said to every web server at once")
    report(account)
    for complaint in complaints + account.complaints:
        yield told(complaint)


def store(asked: argparse.Namespace) -> Iterator[str]:
    """The state machine, in a process of its own."""
    say("store", f"{asked.examples:,} examples, seed {asked.seed}")
    words = [sys.executable, "-m", "pytest", "-q", "-n", "0", f"--hypothesis-seed={asked.seed}", MACHINE]
    done = subprocess.run(words, cwd=CHECKOUT, env={**os.environ, "CHAOS_EXAMPLES": str(asked.examples)})
    if done.returncode:
        yield told(f"{MACHINE} failed, see above")


def report_faults(done: Counter[str]) -> None:
    say("faults", f"{done.total()}: " + ", ".join(f"{name} {times}" for name, times in sorted(done.items())))


def report(account: Account) -> None:
    say("trainers", f"{sum(account.calls):,} log calls, slowest {account.slowest:.4f} s, 99 in 100 below {account.usual:.6f} s")
    say("stored", f"{account.points:,} points in {account.batches:,} batches")


def say(name: str, text: str) -> None:
    print(f"  {name:<10} {text}", flush=True)


def told(complaint: str) -> str:
    say("WRONG", complaint)
    return complaint


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
