"""Search: filter and sort over many runs, and what a run list asks besides. In this process, without HTTP."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection

from accounts.actions.team import create_team
from accounts.actions.user import create_user
from accounts.actor import Actor
from accounts.models import User
from benchmarks.clock import Clock, Cost
from benchmarks.result import Result
from tracking.actions.project import create_project
from tracking.aggregates.block import copy_changes, forget_blocks
from tracking.models import Project
from tracking.queries.pulse import pulse_of
from tracking.queries.run_query import parse_query
from tracking.queries.run_table import RunTable, Wish, newer_than, run_table

METRICS = 20
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
    owner = create_user(email="search@example.org", name="Search")
    for size, target in SIZES.items():
        filled = fill(clock, owner, size)
        yield from _lists(clock, filled, target)


def fill(clock: Clock, owner: User, size: int) -> Filled:
    team = create_team(by=owner, slug=f"search-{size}", name=f"{size:,} runs")
    project = create_project(by=Actor(owner), team=team, slug="search", name="search")
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


QUESTIONS = {
    "no filter, newest": ("", ""),
    "no filter, by a metric": ("", "val/loss.min"),
    "state:finished, by a metric": ("state:finished", "val/loss.min"),
    "a word, by a metric downwards": ("cosine", "-val/acc.max"),
    "group and seed, by a metric": ('group:"group 7" seed:7', "val/loss.min"),
    "state:finished, by a setting": ("state:finished", "config.setting_1"),
    "state:finished, by name": ("state:finished", "name"),
}


def _lists(clock: Clock, filled: Filled, target: int | None) -> Iterator[Result]:
    times = 9 if filled.size > 10_000 else 25
    for name, (query, sort) in QUESTIONS.items():
        cost = clock.median(lambda: asked(filled.project, query, sort), times)  # noqa: B023 - called at once
        yield Result(f"{filled.size:,} runs, {name}, wall", cost.wall * 1000, "ms", target)
        yield Result(f"{filled.size:,} runs, {name}, CPU", cost.cpu * 1000, "ms")
    table = asked(filled.project, "", "")
    cost = clock.median(lambda: pulse_of(filled.project, [row.run.uid for row in table.rows]), times)
    yield Result(f"{filled.size:,} runs, one poll, wall", cost.wall * 1000, "ms")
    cost = clock.median(lambda: newer_than(filled.project, parse_query("state:finished"), table.newest), times)
    yield Result(f"{filled.size:,} runs, newer than, wall", cost.wall * 1000, "ms")


def asked(project: Project, query: str, sort: str) -> RunTable:
    """The first 50 rows with their columns and counts."""
    return run_table(project, Wish(query=parse_query(query), sort=sort))
