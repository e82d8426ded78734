"""A ```chart block: YAML in, a checked ChartBlock or a Problem out.

```chart
id: c7k2
kind: line
runs: warm            # a run set of the front matter, or a query
y: val/loss
group: config.warmup
smooth: 0.6
band: ci
```
"""

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from reports.enums import ChartKind
from reports.limits import RUNS_PER_CHART
from reports.rendering.parts import Band, ChartBlock, Found, Problem, RunRef, RunSet
from reports.rendering.settings import (
    BadSetting,
    choice,
    number,
    one_of,
    refuse_unknown,
    short_text,
    switch,
    text_of,
    whole_number,
)
from reports.rendering.source import problem_at
from reports.rendering.yaml_block import BadYaml, Node, read_mapping

SETTINGS = (
    *("id", "kind", "runs", "limit", "x", "y", "group", "smooth"),
    *("band", "log", "title", "caption", "height"),
)
BANDS: Mapping[str, Band] = {"ci": "ci", "sd": "sd", "minmax": "minmax", "none": ""}
CHART_ID = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?")
GROUP = re.compile(r"group|seed|state|job_type|config\.\S.{0,180}")
BARE_WORD = re.compile(r"[A-Za-z][\w-]*")


class QueryRefused(Exception):
    """A run query cannot be read; the text says why."""


class Resolver(Protocol):
    """Where a report's words find their runs: the live project, or what a version pinned."""

    def found(self, chart: ChartBlock) -> Found:
        """The runs of a chart's query. Raises QueryRefused."""

    def named(self, words: Sequence[str]) -> dict[str, RunRef | None]:
        """The run that `{run:word}` means, for each of the words; asked once per render."""


def read_chart(body: list[str], line: int, sets: Mapping[str, RunSet], resolver: Resolver) -> ChartBlock | Problem:
    """`body`: the lines between the fences; `line`: that of the opening fence in the whole source, from 1."""
    name = "Chart"
    try:
        entries = read_mapping("\n".join(body))
        written = entries.get("id", Node("", 1)).value
        name = f"Chart {written}" if isinstance(written, str) and CHART_ID.fullmatch(written) else "Chart"
        chart = _checked(entries, line, sets)
        return replace(chart, found=_found(entries, chart, resolver))
    except BadYaml as error:
        return problem_at(name, body, error.line, f"{error.message}.", above=line)
    except BadSetting as error:
        return problem_at(name, body, error.line, error.message, error.hint, above=line)


def _checked(entries: dict[str, Node], line: int, sets: Mapping[str, RunSet]) -> ChartBlock:
    kind = one_of(entries, "kind", _kind, ChartKind.LINE.value)
    refuse_unknown(entries, SETTINGS, f"a setting of a {kind} chart")
    for needed, example in (("runs", "runs: tag:warmup"), ("y", "y: val/loss")):
        node = entries.get(needed)
        if node is None or node.value == "":
            raise BadSetting(node.line if node else None, f"`{needed}` is missing.", f"For example `{example}`.")
    runs = one_of(entries, "runs", text_of, "")
    run_set = _run_set(entries, runs, sets)
    band = one_of(entries, "band", choice(*BANDS), "none")
    height = one_of(entries, "height", choice("low", "mid", "tall"), "mid")
    return ChartBlock(
        id=one_of(entries, "id", _id, ""),
        kind=kind,
        query=run_set.query if run_set else runs,
        limit=one_of(entries, "limit", whole_number(1, RUNS_PER_CHART), run_set.limit if run_set else RUNS_PER_CHART),
        x=one_of(entries, "x", choice("step", "relative", "wall"), "step"),
        y=one_of(entries, "y", short_text(200), ""),
        group=one_of(entries, "group", _group, ""),
        smooth=one_of(entries, "smooth", number(0, 0.99), 0.0),
        band=BANDS[band],
        log=one_of(entries, "log", switch, False),
        title=one_of(entries, "title", short_text(200), ""),
        caption=one_of(entries, "caption", short_text(1000), ""),
        height="tall" if height == "tall" else "mid" if height == "mid" else "",
        line=line,
    )


def _run_set(entries: dict[str, Node], runs: str, sets: Mapping[str, RunSet]) -> RunSet | None:
    """The set that `runs` names. A word close to a set's name is taken as a slip of the pen, anything else as a query."""
    if runs in sets or not BARE_WORD.fullmatch(runs):
        return sets.get(runs)
    if close := difflib.get_close_matches(runs, list(sets), n=1, cutoff=0.75):
        raise BadSetting(
            entries["runs"].line,
            f"there is no run set “{runs[:40]}”.",
            f"Did you mean `{close[0]}`? To look for the word in run names, write `name:{runs[:40]}`.",
        )
    return None


def _found(entries: dict[str, Node], chart: ChartBlock, resolver: Resolver) -> Found:
    try:
        return resolver.found(chart)
    except QueryRefused as error:
        raise BadSetting(entries["runs"].line, str(error), f"The query is `{chart.query[:200]}`.") from None


def _kind(written: str) -> str:
    if written not in ChartKind.values:
        raise ValueError(f"“{written[:40]}” is not a kind of chart. Kinds are {', '.join(ChartKind.values)}.")
    return written


def _id(written: str) -> str:
    if not CHART_ID.fullmatch(written):
        raise ValueError(f"`id` is 1 to 32 of a-z, 0-9 and -, not “{written[:40]}”.")
    return written


def _group(written: str) -> str:
    if not GROUP.fullmatch(written):
        raise ValueError(f"`group` is config.<setting>, group, seed, state or job_type, not “{written[:40]}”.")
    return written
