"""The experiment: two optimisers, each at a rate that suits it and at one that is too high, with and without warm-up."""

from dataclasses import dataclass

PROJECT = "digits"
TAG = "warmup-study"
STEPS, WARMUP, SEEDS = 1500, 200, (1, 2, 3)
BATCH, LAYERS, WIDTH = 96, 12, 192
# (a rate that suits it, one that is too high), found by trying a handful of rates.
RATES = {"adam": (0.003, 0.015), "sgd": (0.05, 0.15)}


@dataclass(frozen=True, slots=True)
class Setting:
    """What the seeds of one row of the report's table have in common."""

    optimizer: str
    lr: float
    warmup: int

    @property
    def group(self) -> str:
        return f"{self.optimizer}-{self.lr:g}"


@dataclass(frozen=True, slots=True)
class Planned:
    """A run to be trained. Its name says all of it, so a demo that was interrupted knows what is left."""

    setting: Setting
    seed: int

    @property
    def name(self) -> str:
        return f"{self.setting.group}-{'warm' if self.setting.warmup else 'cold'}-s{self.seed}"

    def words(self) -> list[str]:
        """What to give to sdk/examples/digits/train.py."""
        values: dict[str, object] = {
            "project": PROJECT,
            "name": self.name,
            "group": self.setting.group,
            "tag": TAG,
            "optimizer": self.setting.optimizer,
            "lr": f"{self.setting.lr:g}",
            "warmup": self.setting.warmup,
            "seed": self.seed,
            "steps": STEPS,
            "batch": BATCH,
            "layers": LAYERS,
            "width": WIDTH,
        }
        return [word for name, value in values.items() for word in (f"--{name}", str(value))]


def settings_of() -> list[Setting]:
    """The eight settings, too high rates first: they are what the study is about."""
    rates = [(optimizer, pair[place]) for place in (1, 0) for optimizer, pair in RATES.items()]
    return [Setting(optimizer, lr, warmup) for optimizer, lr in rates for warmup in (0, WARMUP)]


def planned_runs() -> list[Planned]:
    """All runs, in the order they are trained: every setting once, then again with the next seed."""
    return [Planned(setting, seed) for seed in SEEDS for setting in settings_of()]
