"""A run, as a training sees it."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from lablore._courier import Courier
from lablore._delivered import Ended, wait_for_delivery
from lablore._exit import End, end_by, end_of, end_said, exit_code
from lablore._maps import Record, Tags
from lablore._notices import say, tame
from lablore._recorder import LARGEST_UPDATE, Recorder
from lablore._rule import GOALS, rule_problem
from lablore._status import read_status
from lablore._values import plain_map


class Run:
    """One run. Made by `lablore.init`; also a context manager, which records an exception as the run's end.

    `id` is its name for ever (16 characters), `name` what people call it, `dir` where its records are kept on this machine,
    `config` and `summary` are dict-like, `tags` is set-like.
    """

    def __init__(self, recorder: Recorder, courier: Courier | None) -> None:
        self._recorder = recorder
        self._courier = courier
        self.id = str(recorder.header["run"]["uid"])
        self.project = str(recorder.header["run"]["project"])
        self.config = Record("config", self._record_map)
        self.summary = Record("summary", self._record_map)
        self._tags = Tags(self._record_tags)
        self._rules: dict[str, dict[str, str | None]] = {}  # said again in a loop, a rule is recorded once

    def log(self, data: Mapping[str, Any], step: int | None = None) -> None:
        """Record metrics and images at a step. When it has returned, a kill of this process loses nothing of it.

        `data` maps names to numbers (any numeric kind, NaN and infinities as they are), `lablore.Image`s, or maps of these,
        which become "outer/inner". `step` is any 64-bit integer in any order; without one it is the largest so far plus one.
        It never raises and never waits for the network: what cannot be kept is counted and said once on stderr.
        """
        self._recorder.log(data, step)

    def define_metric(
        self, name: str, step_metric: str | None = None, *, goal: str | None = None, summary: str | None = None, **other: Any
    ) -> None:
        """Say how a metric is to be read. `name` may end in `*`: then it is about all metrics that begin as it does.

        step_metric: the metric to draw it over instead of the step. goal: "minimize" or "maximize". summary: "min", "max",
        "last" or "mean", the one number that stands for the metric; without one the best by the goal. Said again for a name,
        the last rule counts whole. It never raises: what is no rule is counted and said once on stderr, words it does not
        know are said and left out.
        """
        rule = {"key": name, "goal": GOALS.get(goal, goal) if isinstance(goal, str) else goal, "summary": summary}
        rule["step_metric"] = step_metric
        try:
            problem = rule_problem(rule)
        except Exception as error:  # names come in any shape; none may stop a training
            problem = f"{type(error).__name__}: {error}"
        if other and name not in self._rules:
            say(f"define_metric of {tame(name)} takes no {', '.join(other)}: the rest of the rule counts")
        if problem:
            self._recorder.losses.add(f"define_metric: {problem}")
        elif self._rules.get(name) != rule and self._recorder.update("metric", rule):
            self._rules[name] = rule

    @property
    def name(self) -> str:
        """What people call the run: as given, else as the server named it, else its id."""
        return str(self._recorder.header["run"].get("name") or tame(read_status(self.dir).name) or self.id)

    @property
    def url(self) -> str:
        """The run's page, empty until a server has said it."""
        return tame(read_status(self.dir).url, 2000)

    @property
    def dir(self) -> Path:
        """The folder of the run's spool."""
        return self._recorder.folder

    @property
    def tags(self) -> Tags:
        """`run.tags.add("promising")`, `run.tags.remove("draft")`, or `run.tags = ("a", "b")`."""
        return self._tags

    @tags.setter
    def tags(self, names: Iterable[str]) -> None:
        self._tags.replace(names)

    def finish(self, exit_code: int = 0) -> None:
        """End the run: finished, or failed when `exit_code` is not 0. Waits at most a minute for the delivery.

        `LABLORE_FINISH_TIMEOUT` is the most to wait, in seconds. What is not delivered then, the sync process goes on with.
        """
        self._end(end_said(exit_code), wait=True)

    def _end(self, end: End, wait: bool) -> None:
        """Record the end. `wait=False` is for signal handlers: it only writes. Raises nothing but KeyboardInterrupt."""
        try:
            self._end_recorder(end, wait)
        except Exception as error:
            say(f"run {self.id} may not have ended well: {type(error).__name__}: {error}; its records are in {self.dir}")

    def _end_recorder(self, end: End, wait: bool) -> None:
        recorder = self._recorder
        if not recorder.finish(end):
            return
        if not wait:
            return
        size = recorder.close()
        if recorder.losses.total:
            say(f"{recorder.losses.total} values of run {self.name} could not be recorded")
        if recorder.is_child or not size:
            return
        wait_for_delivery(Ended(self.name, recorder.folder, recorder.writer, size), self._courier)

    def __enter__(self) -> "Run":
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None) -> None:
        if kind is None:
            end = end_of(0)
        elif isinstance(value, SystemExit):
            end = end_of(exit_code(value.code))
        else:
            end = end_by(kind, trace)
        self._end(end, wait=True)

    def _record_map(self, kind: str, given: Any) -> dict[str, Any]:
        """Record what `given` holds, in one update or, where that is too large, key by key; returns what was recorded."""
        try:
            values = plain_map(given)
        except Exception as error:  # config comes in any shape; none may stop a training
            self._recorder.losses.add(f"{kind}: {type(error).__name__}: {error}")
            return {}
        if len(str(values)) < LARGEST_UPDATE // 4:
            return values if self._recorder.update(kind, values) else {}
        return {key: value for key, value in values.items() if self._recorder.update(kind, {key: value})}

    def _record_tags(self, add: list[str], remove: list[str]) -> None:
        self._recorder.update("tags", {"add": add, "remove": remove})

    def __repr__(self) -> str:
        return f"<lablore.Run {self.id} of {self.project}>"


class SilentRun(Run):
    """A run that records nothing: `mode="disabled"`."""

    def log(self, data: Mapping[str, Any], step: int | None = None) -> None:
        """Does nothing."""

    def define_metric(
        self, name: str, step_metric: str | None = None, *, goal: str | None = None, summary: str | None = None, **other: Any
    ) -> None:
        """Does nothing."""

    def _record_map(self, kind: str, given: Any) -> dict[str, Any]:
        return dict(given) if isinstance(given, Mapping) else {}

    def _record_tags(self, add: list[str], remove: list[str]) -> None:
        pass

    def _end(self, end: End, wait: bool) -> None:
        self._recorder.close()
