"""Sentences of the report. Each is chosen by what the runs show, so that none says more than they do."""

from stack.demo.results import Results, Row, Trained
from stack.demo.study import RATES, SEEDS, WARMUP

NAMES = {"sgd": "SGD", "adam": "Adam"}
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def count(number: int) -> str:
    return NUMBERS[number] if number < len(NUMBERS) else str(number)


def loss(value: float | None) -> str:
    """A loss in nats, three figures after the point; a dash when there is none."""
    return "–" if value is None else f"{value:.3f}"


def joined(words: list[str]) -> str:
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def high_rows(results: Results, optimizer: str) -> tuple[Row, Row]:
    """The rows without and with warm-up at the rate that is too high."""
    lr = RATES[optimizer][1]
    return results.row(optimizer, lr, 0), results.row(optimizer, lr, WARMUP)


def answer(results: Results) -> str:
    """The lede: the answer for a reader who stops here."""
    pairs = {optimizer: high_rows(results, optimizer) for optimizer in RATES}
    gains = [len(warm.learnt) - len(cold.learnt) for cold, warm in pairs.values()]
    if all(len(cold.learnt) == len(SEEDS) for cold, _ in pairs.values()):
        first = "Nothing needed rescue."
    elif all(len(warm.learnt) == len(SEEDS) for _, warm in pairs.values()):
        first = "Yes."
    else:
        first = "In part." if max(gains) > 0 else "No."
    return " ".join([first, *(_learning(NAMES[word], *pair) for word, pair in pairs.items()), _lower_rate(results)])


def _learning(name: str, cold: Row, warm: Row) -> str:
    """How many seeds learn at the high rate."""
    before, after, all_of = len(cold.learnt), len(warm.learnt), count(len(SEEDS))
    if before == after:
        which = {0: f"none of {all_of} seeds learns", len(SEEDS): f"all {all_of} seeds learn"}
        return f"With {name} {which.get(before, f'{count(before)} of {all_of} seeds learn')}, ramp or no ramp."
    return f"With {name} {_of_all(before)} without a ramp and {count(after)} with one."


def _of_all(number: int) -> str:
    verb = "learns" if number <= 1 else "learn"
    return f"{count(number) if number else 'none'} of {count(len(SEEDS))} seeds {verb}"


def _lower_rate(results: Results) -> str:
    """What the lower rate does without warm-up, against the high one with it."""
    if all(lower_wins(results, optimizer) for optimizer in RATES):
        return "But every seed at the lower rate, without any ramp, ends better than every seed at the high rate with one."
    better = [optimizer for optimizer in RATES if _lower_mean_wins(results, optimizer)]
    if len(better) == len(RATES):
        return "But on average the lower rate, without any ramp, ends better still."
    if better:
        return f"But with {NAMES[better[0]]} the lower rate, without any ramp, ends better on average."
    return "And with a ramp the high rate ends no worse on average than the lower one without."


def lower_wins(results: Results, optimizer: str) -> bool:
    """Whether every seed at the lower rate without warm-up ends better than every seed at the high rate with it."""
    return results.row(optimizer, RATES[optimizer][0], 0).beats(high_rows(results, optimizer)[1])


def _lower_mean_wins(results: Results, optimizer: str) -> bool:
    low, warm = results.row(optimizer, RATES[optimizer][0], 0), high_rows(results, optimizer)[1]
    if low.mean is None or len(low.diverged) > len(warm.diverged):
        return False
    return warm.mean is None or low.mean < warm.mean


def divergence(cold: Row, warm: Row) -> str:
    """How many seeds left the numbers, with and without warm-up."""
    before, after = len(cold.diverged), len(warm.diverged)
    if not before and not after:
        return "No seed diverged, with or without warm-up."
    if not after:
        return f"Without warm-up {_steps(cold.diverged)}. With warm-up none did."
    if not before:
        return f"Without warm-up no seed diverged. With it {_steps(warm.diverged)}{_when(warm)}."
    verdict = "Warm-up made this rarer and did not end it" if after < before else "Warm-up did not prevent it"
    return f"Without warm-up {_steps(cold.diverged)}. {verdict}: {_steps(warm.diverged)}{_when(warm)}."


def guessing(cold: Row, warm: Row) -> str:
    """How many of the seeds that came to the end still guess there; empty when none does."""
    parts = []
    for row, how in ((cold, "without"), (warm, "with")):
        if stuck := len(row.finals) - len(row.learnt):
            parts.append(f"{count(stuck)} of {count(len(SEEDS))} {how} a ramp")
    if not parts:
        return ""
    text = f"{joined(parts).capitalize()} end where guessing is, at 2.3 nats."
    fallen = [run for row in (cold, warm) for run in row.fallen_back]
    if not fallen:
        return text
    lows = joined([f"{{run:{run.name}}} had been at {loss(run.best)}" for run in fallen])
    return f"{text} Not for want of a start: {lows} before falling back."


def _steps(runs: list[Trained]) -> str:
    places = joined([f"{run.diverged_at:,}" for run in sorted(runs, key=lambda run: run.diverged_at or 0)])
    word = "seed" if len(SEEDS) == 1 else "seeds"
    return f"{count(len(runs))} of {count(len(SEEDS))} {word} diverged, at step {places}"


def _when(warm: Row) -> str:
    """Where on the ramp: a seed that dies at its end was only given time."""
    steps = [run.diverged_at or 0 for run in warm.diverged]
    if min(steps) >= WARMUP:
        return ", after the ramp had reached its top"
    return ", while the rate was still rising" if max(steps) < WARMUP else ""


def comparison(cold: Row, warm: Row) -> str:
    """The losses of the seeds that came to the end."""
    if cold.mean is None and warm.mean is None:
        return "No seed came to the end."
    if cold.mean is None or warm.mean is None:
        where = "with" if warm.mean is None else "without"
        return f"No seed {where} warm-up came to the end, so there are no losses to compare."
    means = f"The mean of the final val/loss is {loss(warm.mean)} with warm-up and {loss(cold.mean)} without"
    if cold.diverged or warm.diverged:
        means += ", over the seeds that came to the end"
    if warm.beats(cold):
        return f"{means}; the worst warmed seed is better than the best cold one."
    if cold.beats(warm):
        return f"{means}; the worst cold seed is better than the best warmed one."
    return f"{means}, and the seeds of both overlap."


def claim(results: Results) -> tuple[str, str]:
    """(status, sentence) of the finding; supported only where the seeds leave no doubt."""
    wins = [optimizer for optimizer in RATES if lower_wins(results, optimizer)]
    if len(wins) == len(RATES):
        return "supported", "A learning rate that is too high is better lowered than warmed up."
    if wins:
        return "hypothesis", f"With {NAMES[wins[0]]}, a learning rate that is too high is better lowered than warmed up."
    return "hypothesis", "Warm-up makes a learning rate that is too high as good as a lower one."
