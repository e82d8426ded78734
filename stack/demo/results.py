"""What the trained runs show, read from their config and summary."""

from dataclasses import dataclass, field
from functools import cached_property
from statistics import mean

from stack.demo.study import SEEDS, TAG, Planned, Setting, planned_runs, settings_of
from tracking.enums import RunState
from tracking.models import Project, Run
from tracking.models.run import RunQuerySet

RUNNING, FINISHED = RunState.RUNNING, RunState.FINISHED


# Guessing one of ten digits costs ln 10 = 2.303 nats; a run that ends above this has learnt next to nothing.
GUESSING = 2.0
LEAST_GAIN = 0.98  # losses nearer to each other than this count as equal


@dataclass(frozen=True, slots=True)
class Trained:
    """A run of the study that came to its end by itself.

    `best` and `final` are val/loss in nats, its least and its last; both None when the loss left the numbers at `diverged_at`.
    """

    name: str
    setting: Setting
    seed: int
    best: float | None
    final: float | None
    diverged_at: int | None


@dataclass(frozen=True)
class Row:
    """The runs of one setting, by seed."""

    setting: Setting
    runs: list[Trained] = field(default_factory=list)

    @cached_property
    def finals(self) -> list[float]:
        """Last val/loss (nats) of the seeds that came to the last step."""
        return [run.final for run in self.runs if run.final is not None]

    @cached_property
    def diverged(self) -> list[Trained]:
        return [run for run in self.runs if run.diverged_at is not None]

    @cached_property
    def learnt(self) -> list[Trained]:
        return [run for run in self.runs if run.final is not None and run.final < GUESSING]

    @cached_property
    def fallen_back(self) -> list[Trained]:
        """Seeds that had learnt something and ended guessing."""
        return [run for run in self.runs if run.final is not None and (run.best or 0.0) < GUESSING <= run.final]

    @property
    def mean(self) -> float | None:
        """Mean of `finals` in nats, None when every seed diverged."""
        return mean(self.finals) if self.finals else None

    @property
    def whole(self) -> bool:
        """Whether every seed was trained."""
        return len(self.runs) == len(SEEDS)

    def beats(self, other: "Row") -> bool:
        """Whether the worst seed here is better than the best there by more than chance of a last digit (`LEAST_GAIN`).

        A diverged seed is worse than any number.
        """
        worst = max(self.finals) if self.finals and not self.diverged else float("inf")
        return worst < LEAST_GAIN * min(other.finals, default=float("inf"))


@dataclass(frozen=True)
class Results:
    rows: list[Row]

    def row(self, optimizer: str, lr: float, warmup: int) -> Row:
        return next(row for row in self.rows if row.setting == Setting(optimizer, lr, warmup))

    @cached_property
    def runs(self) -> list[Trained]:
        return [run for row in self.rows for run in row.runs]

    @cached_property
    def best(self) -> Trained:
        return min(self.runs, key=lambda run: float("inf") if run.final is None else run.final)

    @property
    def whole(self) -> bool:
        return all(row.whole for row in self.rows)


def results_in(project: Project) -> Results:
    """The rows of the study, in its order, with the runs that have come to their end."""
    ended = trained_runs(project)
    rows = [Row(setting) for setting in settings_of()]
    for row in rows:
        row.runs.extend(ended[name] for name in sorted(ended) if ended[name].setting == row.setting)
    return Results(rows)


def trained_runs(project: Project) -> dict[str, Trained]:
    """Name -> run, of every planned run that is trained; of two with one name the newest."""
    found: dict[str, Trained] = {}
    plan = {planned.name: planned for planned in planned_runs()}
    for run in _of_the_study(project).order_by("created_at"):
        planned = plan.get(run.name)
        if planned is not None and has_ended_by_itself(run):
            found[run.name] = _trained(run, planned)
    return found


def has_ended_by_itself(run: Run) -> bool:
    """Finished, or stopped by its own check of the loss; not a run that an interrupted demo left."""
    return run.state != RUNNING and (run.state == FINISHED or "diverged_at" in run.summary)


def still_running(project: Project) -> bool:
    return _of_the_study(project).filter(state=RUNNING).exists()


def left_over(project: Project) -> list[Run]:
    """Runs of the study that an interrupted demo left behind."""
    return [run for run in _of_the_study(project) if not has_ended_by_itself(run)]


def _of_the_study(project: Project) -> RunQuerySet:
    return Run.objects.filter(project=project, tags__name=TAG)


def _trained(run: Run, planned: Planned) -> Trained:
    said = run.summary
    return Trained(run.name, planned.setting, planned.seed, said.get("best"), said.get("final"), said.get("diverged_at"))
