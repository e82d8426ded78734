"""The named run sets at the head of a report.

---
runsets:
  warm: {query: "tag:warmup", limit: 100}
---
"""

import re

from reports.limits import RUNS_PER_CHART, RUNSETS_PER_REPORT
from reports.rendering.parts import Problem, RunSet
from reports.rendering.settings import BadSetting, one_of, refuse_unknown, text_of, whole_number
from reports.rendering.source import problem_at
from reports.rendering.yaml_block import BadYaml, Node, read_mapping

NAME = re.compile(r"[A-Za-z][\w-]{0,31}")
SETTINGS = ("query", "limit")


def read_front_matter(lines: list[str]) -> tuple[dict[str, RunSet], list[Problem]]:
    """The run sets in the lines between the two rules, and what is wrong with them; a bad set does not hide the others."""
    try:
        entries = read_mapping("\n".join(lines))
        refuse_unknown(entries, ("runsets",), "a setting of the front matter")
        sets = entries["runsets"].value if "runsets" in entries else {}
        if not isinstance(sets, dict):
            raise BadSetting(entries["runsets"].line, "`runsets` names queries.", 'For example `warm: {query: "tag:warmup"}`.')
        if len(sets) > RUNSETS_PER_REPORT:
            raise BadSetting(entries["runsets"].line, f"A report has at most {RUNSETS_PER_REPORT} run sets.")
    except BadYaml as error:
        return {}, [_problem(lines, BadSetting(error.line, f"{error.message}."))]
    except BadSetting as error:
        return {}, [_problem(lines, error)]
    return _run_sets(sets, lines)


def _run_sets(sets: dict[str, Node], lines: list[str]) -> tuple[dict[str, RunSet], list[Problem]]:
    good: dict[str, RunSet] = {}
    problems: list[Problem] = []
    for name, node in sets.items():
        try:
            good[name] = _run_set(name, node)
        except BadSetting as error:
            problems.append(_problem(lines, error))
    return good, problems


def _run_set(name: str, node: Node) -> RunSet:
    if not NAME.fullmatch(name):
        raise BadSetting(node.line, f"“{name}” cannot name a run set.", "A name is letters, digits, `_` and `-`, at most 32.")
    if not isinstance(node.value, dict):
        raise BadSetting(node.line, f"“{name}” has no query.", f'Write `{name}: {{query: "tag:{name}"}}`.')
    refuse_unknown(node.value, SETTINGS, "a setting of a run set")
    query = one_of(node.value, "query", text_of, "")
    limit = one_of(node.value, "limit", whole_number(1, RUNS_PER_CHART), RUNS_PER_CHART)
    return RunSet(query=query, limit=limit)


def _problem(lines: list[str], error: BadSetting) -> Problem:
    # The opening rule is line 1 of the source, so line n of the block is line n + 1.
    return problem_at("Front matter", lines, error.line, error.message, error.hint, above=1)
