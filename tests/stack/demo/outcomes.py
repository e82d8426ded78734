"""Made-up outcomes of the study: what each seed of a setting came to."""

from stack.demo.results import Results, Row, Trained
from stack.demo.study import RATES, WARMUP, settings_of

LOW, HIGH = {word: pair[0] for word, pair in RATES.items()}, {word: pair[1] for word, pair in RATES.items()}
# Final val/loss in nats, or (best, final), or (an int) the step at which the loss stopped being a number.
Outcome = float | tuple[float, float] | int

FINE: list[Outcome] = [0.1, 0.12, 0.11]
RESCUED: list[Outcome] = [0.5, 0.9, 0.7]
HALF: list[Outcome] = [0.5, 0.9, (1.6, 2.31)]
STUCK: list[Outcome] = [2.28, 2.29, 2.27]
DEAD: list[Outcome] = [187, 254, 278]


def row(optimizer: str, lr: float, warmup: int, outcomes: list[Outcome]) -> Row:
    setting = next(s for s in settings_of() if (s.optimizer, s.lr, s.warmup) == (optimizer, lr, warmup))
    runs = []
    for seed, came_to in enumerate(outcomes, start=1):
        name = f"{setting.group}-{'warm' if warmup else 'cold'}-s{seed}"
        if isinstance(came_to, int):
            runs.append(Trained(name, setting, seed, None, None, came_to))
        else:
            best, final = came_to if isinstance(came_to, tuple) else (came_to, came_to)
            runs.append(Trained(name, setting, seed, best, final, None))
    return Row(setting, runs)


def results(adam: tuple[list[Outcome], list[Outcome]], sgd: tuple[list[Outcome], list[Outcome]]) -> Results:
    """`adam` and `sgd`: outcomes (cold, warmed) at the rate that is too high; the lower rate is fine for both."""
    rows = []
    for optimizer, (cold, warm) in {"adam": adam, "sgd": sgd}.items():
        rows += [row(optimizer, HIGH[optimizer], 0, cold), row(optimizer, HIGH[optimizer], WARMUP, warm)]
        rows += [row(optimizer, LOW[optimizer], 0, FINE), row(optimizer, LOW[optimizer], WARMUP, FINE)]
    return Results(rows)
