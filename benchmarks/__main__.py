"""python -m benchmarks [part …] measures on a PostgreSQL of its own with full sync, and writes benchmarks/results.json.

Without a part it measures all that take seconds; `growth` takes minutes and must be named. What is measured by itself takes the
place of its lines in the file.
"""

import importlib
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from benchmarks.clock import Clock, busyness
from benchmarks.result import Result
from stack.processes.account import database_account
from stack.processes.home import Home
from stack.processes.postgres import postgres_part
from stack.processes.serving import serving

PARTS = ("store", "reads", "search", "ingest", "history", "memory")
LONG = ("growth",)
FILE = Path(__file__).with_name("results.json")


@contextmanager
def database() -> Iterator[int]:
    """An empty database as the product has it, in DATABASE_URL; yields the server's process id."""
    folder = Path(tempfile.mkdtemp(prefix="lablore-bench-"))
    home, account = Home(folder), database_account()
    home.make(account)
    try:
        with serving(postgres_part(home, account), home.path / "postgres.log") as pid:
            os.environ |= {"DATABASE_URL": home.database_url, "LABLORE_SECRET_KEY": "only-for-benchmarks-" * 3}
            yield pid
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def measured(parts: list[str], server: int) -> Iterator[Result]:
    # Django reads its settings when these are imported, so not before the server has an address.
    importlib.import_module("config.wsgi")
    importlib.import_module("django.core.management").call_command("migrate", verbosity=0)
    yield Result("fixed loop before", busyness(), "s")
    for part in parts:
        for result in importlib.import_module(f"benchmarks.{part}").results(Clock(server)):
            yield replace(result, name=f"{part}: {result.name}")
    yield Result("fixed loop after", busyness(), "s")


def main(parts: list[str]) -> None:
    known = (*PARTS, *LONG)
    unknown = set(parts) - set(known)
    if unknown:
        sys.exit(f"no part {', '.join(sorted(unknown))}; there are: {', '.join(known)}")
    found = {line["name"]: line for line in json.loads(FILE.read_text())} if parts and FILE.exists() else {}
    with database() as server:
        for result in measured(parts or list(PARTS), server):
            print(result.line(), flush=True)
            found[result.name] = result.plain()
    FILE.write_text(json.dumps(list(found.values()), indent=1) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
