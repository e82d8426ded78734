"""What a run says of its metrics with `define_metric`: which way each is better, its one number, and what it is drawn over."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from kit.rows import rows_of
from tracking.queries.axis import RELATIVE, STEP, WALL

# A chart's address has these words for what is no metric, so over a metric of such a name nothing is drawn.
_TAKEN = frozenset({STEP, RELATIVE, WALL})
Aggregate = Literal["min", "max", "last", "mean"]


@dataclass(frozen=True, slots=True)
class Rule:
    """None where it says nothing."""

    goal: Literal["minimize", "maximize"] | None = None
    summary: Aggregate | None = None
    step_metric: str | None = None


@dataclass(frozen=True, slots=True)
class Rules:
    """`patterns` by what stands before their `*`, the longest first."""

    exact: dict[str, Rule] = field(default_factory=dict)
    patterns: tuple[tuple[str, Rule], ...] = ()
    _known: dict[str, Rule] = field(default_factory=dict, compare=False)

    def names(self, key: str) -> bool:
        """Whether a rule is of this very metric and tells how its values are to be read."""
        rule = self.exact.get(key)
        return rule is not None and (rule.goal is not None or rule.summary is not None)

    @property
    def named(self) -> set[str]:
        """The metrics that rules name, those that others are drawn over too; patterns are none."""
        over = {rule.step_metric for rule in (*self.exact.values(), *(rule for _, rule in self.patterns)) if rule.step_metric}
        return {key for key in self.exact if not key.endswith("*")} | over

    def axis_of(self, key: str, keys: Collection[str]) -> str:
        """The one of `keys` that the metric is drawn over; "" for its steps."""
        over = self.of(key).step_metric
        return over if over is not None and over in keys and over not in _TAKEN else ""

    def of(self, key: str) -> Rule:
        """Each word by the rule of that name, else by the longest pattern that says it.

        A goal said nearer than a summary takes its place: the best by that goal stands for the metric.
        """
        if key not in self._known:
            self._known[key] = self._worked_out(key)
        return self._known[key]

    def _worked_out(self, key: str) -> Rule:
        said = [self.exact[key]] if key in self.exact else []
        said += [rule for head, rule in self.patterns if key.startswith(head)]
        goal = next((rule.goal for rule in said if rule.goal), None)
        nearest = next((rule for rule in said if rule.goal or rule.summary), None)
        over = next((rule.step_metric for rule in said if rule.step_metric), None)
        return Rule(goal, nearest.summary if nearest is not None else None, None if over == key else over)


NO_RULES = Rules()


def rules_of(run_ids: Sequence[int]) -> dict[int, Rules]:
    """run id -> its rules; runs without any are missing."""
    sql = "SELECT run_id, key, value FROM tracking_lastword WHERE run_id = ANY(%s::bigint[]) AND kind = 'metric'"
    found: dict[int, dict[str, Any]] = {}
    for run_id, key, value in rows_of(sql, [list(run_ids)]):
        found.setdefault(run_id, {})[key] = value
    return {run_id: _rules(said) for run_id, said in found.items()}


def rules_among(run_ids: Sequence[int]) -> Rules:
    """The rules that speak for these runs: those of the first that has any."""
    sql = """
        SELECT key, value FROM tracking_lastword WHERE kind = 'metric' AND run_id = (
            SELECT run_id FROM unnest(%s::bigint[]) WITH ORDINALITY AS asked (run_id, place)
            WHERE EXISTS (SELECT FROM tracking_lastword AS rule WHERE rule.run_id = asked.run_id AND rule.kind = 'metric')
            ORDER BY place LIMIT 1
        )
    """
    return _rules(dict(rows_of(sql, [list(run_ids)])))


def _rules(said: dict[str, Any]) -> Rules:
    found = {key: Rule(**value) for key, value in said.items()}
    patterns = sorted(((key[:-1], rule) for key, rule in found.items() if key.endswith("*")), key=lambda one: -len(one[0]))
    return Rules(found, tuple(patterns))
