"""Search: filter and sort over many runs, and what a run list asks besides. In this process, without HTTP."""

import os
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.sharedctypes import Synchronized
from multiprocessing.synchronize import Event

import numpy as np
import psutil
from django.db import connection, transaction

from benchmarks.clock import Clock, Cost
from benchmarks.ground import Ground
from benchmarks.result import Result
from tracking.aggregates.block import copy_changes, forget_blocks, note_change
from tracking.limits import RUNS_PER_PAGE
from tracking.models import Project, Run
from tracking.queries.goal import KeyMetric
from tracking.queries.pulse import pulse_of
from tracking.queries.run_listed import ListedRun, listed
from tracking.queries.run_query import parse_query
from tracking.queries.run_sort import Sort, matching_in
from tracking.queries.run_table import Wish, newer_than, run_table
from tracking.queries.tag import RowTag, tags_on

METRICS = 20
WRITTEN_SECONDS = 30
CONTEXT = get_context("fork")
SIZES = {1_000: None, 10_000: 12, 100_000: 60}  # runs of a project -> ms that a filter with a sort may take

_RUNS = """
    INSERT INTO tracking_run (project_id, uid, name, "group", job_type, seed, notes, first_config, config, summary, state,
                              exit_code, end_reason, created_by_id, created_at, ended_at, lost_records, rejected_records)
    SELECT %s, lpad(to_hex(%s * 1000000::bigint + i), 16, '0'),
           'run ' || (ARRAY['cosine', 'linear', 'flat'])[1 + i %% 3] || ' ' || i, 'group ' || i %% 50, 'train', i %% 10, '',
           config, config, '{}', CASE WHEN i %% 5 = 0 THEN 'failed' ELSE 'finished' END, 0, '', %s,
           now() - make_interval(secs => %s - i), now() - make_interval(secs => %s - i - random() * 9), 0, 0
    FROM generate_series(%s::int, %s::int) AS i, LATERAL (
        SELECT jsonb_object_agg('setting_' || k, CASE WHEN k < 15 THEN to_jsonb(round((random() + i * 0)::numeric, 6))
               ELSE to_jsonb('word ' || (i * k) %% 7) END) AS config FROM generate_series(1, %s) AS k
    ) AS made
"""
_BEATS = (
    "INSERT INTO tracking_heartbeat (run_id, seen_at, revision) SELECT id, now(), 1 FROM tracking_run WHERE project_id = %s"
)
_SERIES = """
    INSERT INTO tracking_series (run_id, no, key, n, bad, superseded, mean, end_step, first_step, first, last_step, last,
                                 vmin, vmin_step, vmax, vmax_step, sum)
    SELECT id, k, CASE k WHEN 1 THEN 'val/loss' WHEN 2 THEN 'val/acc' ELSE 'train/metric_' || k END, 1000, 0, 0, value,
           CASE WHEN id %% 50 = 0 THEN 1000 ELSE 999 END, 0, value, 999, value, value, 10, value, 20, ARRAY[value]
    FROM tracking_run, generate_series(1, %s) AS k, LATERAL (SELECT random() + id * 0 + k * 0 AS value) AS made
    WHERE project_id = %s ORDER BY id, k
"""


@dataclass(frozen=True, slots=True)
class Filled:
    """A project of `size` runs with twenty metrics and twenty settings each."""

    project: Project
    size: int
    copied: Cost


def results(clock: Clock) -> Iterator[Result]:
    for size in SIZES:
        filled = fill(clock, size)
        yield Result(f"{size:,} runs: copied, CPU a run", filled.copied.cpu / size * 1e6, "us")
        yield from _searches(clock, filled)
        yield from _pages(clock, filled)
    yield from _cold(clock, filled)
    yield from _while_written(filled)


def fill(clock: Clock, size: int) -> Filled:
    ground = Ground(f"search-{size}")
    project, owner = ground.project, ground.actor.user
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        for first in range(1, size + 1, 10_000):
            cursor.execute(_RUNS, [project.pk, project.pk, owner.pk, size, size, first, min(first + 9_999, size), METRICS])
        cursor.execute(_BEATS, [project.pk])
        cursor.execute(_SERIES, [METRICS, project.pk])
    forget_blocks()
    copied = clock.cost(copy_changes)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return Filled(project, size, copied)


LOSS, ACCURACY = KeyMetric("val/loss", "min"), KeyMetric("val/acc", "max")
METRICS_ASKED = {metric.name: metric for metric in (LOSS, ACCURACY)}
SETTINGS_ASKED: dict[str, tuple[str, ...]] = {f"config.setting_{k}": (f"setting_{k}",) for k in (1, 16)}
USUAL = ("state:finished", Sort("val/loss.min", descending=False))
QUESTIONS = {
    "no filter, newest": ("", Sort("created", descending=True)),
    "no filter, by a metric": ("", Sort("val/loss.min", descending=False)),
    "state:finished, by a metric": USUAL,
    "a word, by a metric downwards": ("cosine", Sort("val/acc.max", descending=True)),
    "group and seed, by a metric": ('group:"group 7" seed:7', Sort("val/loss.min", descending=False)),
    "state:finished, by numbers of a setting": ("state:finished", Sort("config.setting_1", descending=False)),
    "state:finished, by words of a setting": ("state:finished", Sort("config.setting_16", descending=False)),
    "state:finished, by name": ("state:finished", Sort("name", descending=False)),
}


def asked(project: Project, query: str, sort: Sort) -> tuple[list[ListedRun], dict[int, tuple[RowTag, ...]]]:
    """Filter, sort, count, and the first 50 rows with their tags."""
    matching = matching_in(project, parse_query(query))
    ids = matching.page(sort, METRICS_ASKED, SETTINGS_ASKED, slice(0, RUNS_PER_PAGE))
    return listed(project, ids), tags_on(ids)


def _searches(clock: Clock, filled: Filled) -> Iterator[Result]:
    for name, (query, sort) in QUESTIONS.items():
        cost = clock.median(lambda: asked(filled.project, query, sort), 15)  # noqa: B023 - called at once
        yield Result(f"{filled.size:,} runs: {name}, wall", cost.wall * 1000, "ms", SIZES[filled.size])
        yield Result(f"{filled.size:,} runs: {name}, CPU", cost.cpu * 1000, "ms")


def _pages(clock: Clock, filled: Filled) -> Iterator[Result]:
    """What the run list's page asks beside: columns, cells and counts, whether something changed, and what is newer."""
    project, query = filled.project, parse_query("state:finished")
    table = run_table(project, Wish(query=query, sort="val/loss.min"))
    shown = [row.run.uid for row in table.rows]
    works: dict[str, Callable[[], object]] = {
        "the list's whole table": lambda: run_table(project, Wish(query=query, sort="val/loss.min")),
        "one poll": lambda: pulse_of(project, shown),
        "how many are newer": lambda: newer_than(project, query, table.newest),
    }
    for name, work in works.items():
        cost = clock.median(work, 15)
        yield Result(f"{filled.size:,} runs: {name}, wall", cost.wall * 1000, "ms")
        yield Result(f"{filled.size:,} runs: {name}, CPU", cost.cpu * 1000, "ms")


def _cold(clock: Clock, filled: Filled) -> Iterator[Result]:
    """A new connection when PostgreSQL's buffers hold other pages, as after a restart; then without the system's cache, too."""
    for name, deep, target in (("after a restart", False, 150), ("read from the disk", True, None)):
        walls = []
        for _ in range(5):
            _chill(clock, deep=deep)
            connection.close()
            walls.append(clock.cost(lambda: asked(filled.project, *USUAL)).wall)
        yield Result(f"{filled.size:,} runs: {USUAL[0]}, by a metric, {name}", statistics.median(walls) * 1000, "ms", target)


def _chill(clock: Clock, *, deep: bool) -> None:
    """Fill PostgreSQL's buffers with a table that no search reads; `deep`: let the system forget the files, too."""
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0; SET enable_seqscan = off; SET enable_bitmapscan = off")
        cursor.execute("SELECT sum(mean) FROM tracking_series WHERE run_id > 0")
    if not deep:
        return
    os.sync()
    for path in clock.data_folder().rglob("base/*/*"):
        with path.open("rb") as file:
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def _while_written(filled: Filled) -> Iterator[Result]:
    """Searches while another process, as a worker is, changes 1 % of the runs each second and copies the changes every five."""
    over, written = CONTEXT.Event(), CONTEXT.Value("q", 0)
    writer = CONTEXT.Process(target=_write, args=(filled, over, written))
    connection.close()  # the writer opens its own
    writer.start()
    start = time.perf_counter()
    walls = []
    cpu = _own_cpu()
    while time.perf_counter() - start < WRITTEN_SECONDS:
        began = time.perf_counter()
        asked(filled.project, *USUAL)
        walls.append(time.perf_counter() - began)
    cpu = (_own_cpu() - cpu) / len(walls)
    seconds = time.perf_counter() - start
    over.set()
    writer.join()
    yield Result("runs rewritten a second meanwhile", written.value / seconds, "1/s")
    name = f"{filled.size:,} runs: {USUAL[0]}, by a metric, while written"
    yield Result(f"{name}, wall", statistics.median(walls) * 1000, "ms", SIZES[filled.size])
    yield Result(f"{name}, CPU", cpu * 1000, "ms")


def _own_cpu() -> float:
    """Seconds of processors that this thread and its connection's server process have used."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        times = psutil.Process(cursor.fetchone()[0]).cpu_times()
    return time.thread_time() + times.user + times.system


def _write(filled: Filled, over: Event, written: "Synchronized[int]") -> None:
    sql = "UPDATE tracking_series SET last = last / 2, vmin = vmin / 2, mean = mean / 2 WHERE run_id = ANY(%s::bigint[])"
    ids, dice = list(Run.objects.filter(project=filled.project).values_list("pk", flat=True)), np.random.default_rng(0)
    copied = due = time.perf_counter()
    while not over.wait(max(0.0, due - time.perf_counter())):
        due += 1
        some = dice.choice(ids, filled.size // 100, replace=False).tolist()
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, [some])
            note_change("metric", some)
        written.value += len(some)
        if time.perf_counter() > copied + 5:
            copy_changes()
            copied = time.perf_counter()
    connection.close()
