"""`lablore.init` and the functions that mean "the run started last in this process"."""

import contextlib
import json
import os
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal

from lablore._courier import Courier
from lablore._exit import WATCH, End
from lablore._maps import LONGEST_TAG, MOST_TAGS
from lablore._names import fresh_name, is_run_name
from lablore._notices import now_ms, say, tame
from lablore._project import RULE, UNSORTED, project_address
from lablore._recorder import LARGEST_UPDATE, Recorder
from lablore._run import Run, SilentRun
from lablore._settings import SPOOL_SYNC, Access, access, clean_host, runs_folder, spool_sync
from lablore._values import clean_text, one_line, plain, plain_map, step_number

SPOOL_VERSION = 1
LONGEST_NOTES = 20_000
LONGEST_PROJECT = 1000
Mode = Literal["online", "offline", "disabled"]
_runs: list[Run] = []
_warned: set[str] = set()


def init(  # noqa: PLR0913 - the names other trackers have taught people
    project: str | None = None,
    name: str | None = None,
    config: Any = None,
    tags: Iterable[str] | None = None,
    group: str | None = None,
    job_type: str | None = None,
    seed: int | None = None,
    notes: str | None = None,
    *,
    id: str | None = None,
    host: str | None = None,
    key: str | None = None,
    dir: str | os.PathLike[str] | None = None,
    mode: Mode | None = None,
) -> Run:
    """Start a run, or go on with the run `id`; returns at once, whether a server is there or not.

    project: "team/project", or a project of the key's team; default "uncategorized". Made short where it is no short name.
    config: a dict (nested as you like), an argparse namespace or a dataclass; seed: the random seed, a field of its own.
    id: 16 characters as an earlier run's `run.id`; logging to it appends, as a writer of its own.
    host, key: the server; else LABLORE_HOST, LABLORE_KEY, else what `lablore login` stored.
    dir: where records are kept; else LABLORE_DIR, else ./lablore-runs.
    mode: "online", "offline" (deliver later with `lablore sync`), "disabled" (record nothing); else LABLORE_MODE.

    Raises ValueError on a mode, id or host that cannot be one; nothing else stops a training here.
    """
    how = mode or os.environ.get("LABLORE_MODE") or "online"
    if how not in ("online", "offline", "disabled"):
        raise ValueError(f'mode is "online", "offline" or "disabled", not {how!r}')
    if id is not None and not is_run_name(id):
        raise ValueError(f"not the id of a run: {id!r}; it has 16 characters of 0-9 and a-z without i, l, o, u")
    place = access(host and clean_host(host), key)
    fields = {
        "uid": id or fresh_name(),
        "project": _project(project, how),
        "name": one_line(name or ""),
        "group": one_line(group or ""),
        "job_type": one_line(job_type or ""),
        "seed": None if seed is None else step_number(seed),
        "notes": clean_text(str(notes or ""))[:LONGEST_NOTES],
        "config": _first_config(config),
        "tags": sorted({one_line(tag, LONGEST_TAG) for tag in tags or ()} - {""})[:MOST_TAGS],
    }
    run = _start({word: value for word, value in fields.items() if value not in (None, "", {}, [])}, place, how, dir)
    if config is not None:
        run.config.update(config)
    if tags:
        run.tags.add(*tags)
    return run


def _project(given: object, how: str) -> str:
    """The address of the project; says so where it is another than given."""
    text = one_line(given or UNSORTED, LONGEST_PROJECT)
    address = project_address(text)
    if address != text and how != "disabled":
        say(f'project "{tame(text, 80)}" is logged as "{address}": {RULE}')
    return address


def _first_config(config: Any) -> dict[str, Any]:
    """The config as the server shows it before the first batch; empty when it is none, too large, or too deep by the one
    level that the posted run has around it. Its record, in a batch, tells all of it or why not.
    """
    try:
        values: dict[str, Any] = plain({"config": plain_map(config or {})})["config"]
    except Exception:
        return {}
    return values if len(json.dumps(values)) < LARGEST_UPDATE else {}


def _start(fields: dict[str, Any], place: Access, how: str, dir: str | os.PathLike[str] | None) -> Run:
    header = {"v": SPOOL_VERSION, "run": fields, "host": place.host, "started": now_ms()}
    recorder = Recorder(runs_folder(dir) / fields["uid"], header, SPOOL_SYNC if how == "disabled" else spool_sync())
    if how == "disabled":
        run: Run = SilentRun(recorder, None)
    else:
        _open_somewhere(recorder)
        run = Run(recorder, _courier_for(recorder, place) if how == "online" and place.key else None)
        _greet(run, how, place)
    WATCH.start(_close_all)
    _runs.append(run)
    return run


def _open_somewhere(recorder: Recorder) -> None:
    """Make the spool, where the folder wanted cannot hold one in a temporary folder; where nothing can, all is counted lost."""
    try:
        recorder.open()
        _hide_from_git(recorder.folder.parent)
    except OSError as error:
        wanted = recorder.folder
        try:
            recorder.folder = Path(tempfile.mkdtemp(prefix="lablore-")) / wanted.name
            recorder.open()
        except OSError as worse:
            recorder.folder = wanted
            say(f"no folder can hold the records of this run ({worse.strerror}); nothing is recorded")
        else:
            say(f"{wanted} cannot hold a spool ({error.strerror or error}); this run is recorded in {recorder.folder}")


def _hide_from_git(folder: Path) -> None:
    """Spools are data: keep a checkout clean of them."""
    with contextlib.suppress(OSError), (folder / ".gitignore").open("x", encoding="utf-8") as file:
        file.write("*\n")


def _courier_for(recorder: Recorder, place: Access) -> Courier | None:
    if recorder.keeper is None:
        return None
    courier = recorder.keeper.courier = Courier(recorder.folder, place)
    courier.ensure()
    return courier


def _greet(run: Run, how: str, place: Access) -> None:
    if how == "offline":
        say(f"run {run.name}, offline, kept in {run.dir}")
    elif not place.key:
        say(f"run {run.name}, kept in {run.dir}: no key for {place.host}; `lablore login`, then `lablore sync {run.dir}`")
    else:
        say(f"run {run.name}, logging to {run.url or place.host}")


def current() -> Run | None:
    """The run started last in this process that is not finished."""
    for run in reversed(_runs):
        if not run._recorder.ended:
            return run
    return None


def log(data: Mapping[str, Any], step: int | None = None) -> None:
    """`run.log` of the run started last. Without one it says so once and records nothing."""
    run = current()
    if run is not None:
        run.log(data, step)
    else:
        _say_no_run("log")


def define_metric(
    name: str, step_metric: str | None = None, *, goal: str | None = None, summary: str | None = None, **other: Any
) -> None:
    """`run.define_metric` of the run started last. Without one it says so once and records nothing."""
    run = current()
    if run is not None:
        run.define_metric(name, step_metric, goal=goal, summary=summary, **other)
    else:
        _say_no_run("define_metric")


def _say_no_run(verb: str) -> None:
    if verb not in _warned:
        _warned.add(verb)
        say(f"{verb}() without a run records nothing: call lablore.init() first (said once)")


def finish(exit_code: int = 0) -> None:
    """`run.finish` of the run started last; nothing without one."""
    run = current()
    if run is not None:
        run.finish(exit_code)


def _close_all(end: End, wait: bool) -> None:
    """End every run of this process: at its exit, or in a signal handler, where nothing may wait."""
    for run in reversed(_runs):
        run._end(end, wait)
