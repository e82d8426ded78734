"""The command line: `lablore login`, `lablore sync`, `lablore status`."""

import argparse
import getpass
import os
import sys
from pathlib import Path

from lablore._delivery import Delivery
from lablore._launch import take_sync_lock
from lablore._notices import sized, tame
from lablore._server import Outcome, Server
from lablore._settings import Access, access, access_for, clean_host, runs_folder, store_key
from lablore._status import read_status
from lablore._tail import Tail, UnreadableSpoolError
from lablore.sync import push


def main(argv: list[str] | None = None) -> int:
    """Run the command; 0 when it did what was asked."""
    options = _parser().parse_args(argv)
    try:
        return int(options.command(options))
    except KeyboardInterrupt:
        print("\nstopped; nothing is lost, run it again to go on", file=sys.stderr)
        return 130
    except (ValueError, OSError) as error:
        print(f"lablore: {error}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="lablore", description="Runs, delivered to your Lablore server.")
    commands = parser.add_subparsers(required=True)
    login = commands.add_parser("login", help="store an API key for a server (asked for, or read from standard input)")
    login.add_argument("--host", help="address of the server; else LABLORE_HOST, else the one signed in to last")
    login.set_defaults(command=_login)
    sync = commands.add_parser("sync", help="deliver what is recorded in a folder; safe to repeat, also while a run goes on")
    sync.add_argument("folder", nargs="?", help="a run's folder or one with many; else LABLORE_DIR, else ./lablore-runs")
    sync.add_argument("--host", help="deliver to this server instead of the one the run was started for")
    sync.add_argument("--ended", action="store_true", help="of a copied folder: nobody writes the original any more")
    sync.add_argument("--patience", type=float, default=60.0, help="seconds to try a server that is away (60)")
    sync.set_defaults(command=_sync)
    status = commands.add_parser("status", help="what is not delivered yet, and why")
    status.add_argument("folder", nargs="?", help="as for sync")
    status.set_defaults(command=_status)
    return parser


def _login(options: argparse.Namespace) -> int:
    host = clean_host(options.host) if options.host else access().host
    if sys.stdin.isatty():
        print(f"Make a key on {host}/accounts/keys and paste it here; it is not shown.", file=sys.stderr)
        key = getpass.getpass("API key: ").strip()
    else:
        key = sys.stdin.readline().strip()
    if not key or not key.isascii() or not key.isprintable() or " " in key:
        raise ValueError("that is no API key; it looks like lbl_xxxxxxxx_…")
    with Server(Access(host, key)) as server:
        answer = server.me()
    if answer.outcome is not Outcome.DONE:
        print(f"lablore: {answer.why}", file=sys.stderr)
        return 1
    path = store_key(host, key)
    print(f"signed in to {host} as {tame(answer.data['user'])}, team {tame(answer.data.get('team'))}; key kept in {path}")
    return 0


def _folders(given: str | None) -> list[Path]:
    """The runs' folders that are meant, oldest first."""
    base = runs_folder(given)
    if any(base.glob("*.spool")):
        return [base]
    found = {path.parent for path in base.glob("*/*.spool")}
    if not found:
        raise ValueError(f"no runs in {base}")
    return sorted(found, key=lambda folder: folder.stat().st_mtime)


def _sync(options: argparse.Namespace) -> int:
    results = [_sync_one(folder, options) for folder in _folders(options.folder)]
    return 0 if all(results) else 1


def _sync_one(folder: Path, options: argparse.Namespace) -> bool:
    lock = take_sync_lock(folder)
    if lock is None:
        status = read_status(folder)
        why = f"; {tame(status.waiting)}" if status.waiting else ""
        print(f"{folder.name}: another process is delivering it{why}")
        return True
    try:
        place = access_for(_host_of(folder), options.host)
        if place is None:
            raise ValueError(f"{folder} was logged to {_host_of(folder)}, and no key is stored for it: say --host")
        if not place.key:
            raise ValueError(f"no key for {place.host}: run `lablore login`, or set LABLORE_KEY")
        done = push(folder, place, ended=options.ended, patience=options.patience)
    finally:
        os.close(lock)
    print(f"{folder.name}: {_told(done)}")
    return not done.why and not done.refused


def _told(done: Delivery) -> str:
    parts = [f"{done.delivered} points delivered"]
    if done.why:
        parts.append(f"{sized(done.queued)} wait: {tame(done.why)}")
    elif any(tail.is_copy for tail in done.open_ends()):
        parts.append("it is a copy: what follows its last second waits, or say --ended when its process has ended")
    elif done.open_ends():
        parts.append("the run goes on")
    parts.extend(tame(notice) for notice in done.status.notices if not done.why)
    if done.status.url:
        parts.append(tame(done.status.url, 2000))
    return "; ".join(parts)


def _tails(folder: Path) -> list[Tail]:
    tails = []
    for path in sorted(folder.glob("*.spool")):
        try:
            tails.append(Tail(path))
        except (UnreadableSpoolError, OSError) as error:
            print(f"lablore: {tame(error)}", file=sys.stderr)
    return tails


def _host_of(folder: Path) -> str:
    tails = _tails(folder)
    for tail in tails:
        tail.close()
    if not tails:
        raise ValueError(f"nothing readable in {folder}")
    return clean_host(str(tails[0].header.get("host")))


def _status(options: argparse.Namespace) -> int:
    for folder in _folders(options.folder):
        tails = _tails(folder)
        status = read_status(folder)
        queued = sum(tail.queued for tail in tails)
        alive = any(tail.is_alive() for tail in tails)
        name = next((str(t.header["run"].get("name") or "") for t in tails), "")
        words = ["running" if alive else "ended", f"{sized(queued)} to deliver" if queued else "all delivered"]
        if queued and status.waiting:
            words.append(tame(status.waiting))
        refused = folder / "refused.jsonl"
        if refused.exists():
            words.append(f"{len(refused.read_bytes().splitlines())} batches refused, see {refused}")
        print("  ".join(filter(None, [folder.name, tame(name), ", ".join(words), tame(status.url, 2000)])))
        for tail in tails:
            tail.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
