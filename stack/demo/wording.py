"""Sentences of the report. Each is chosen by what the runs show, so that none says more than they do."""

from stack.demo.results import Results, Row, Trained
from stack.demo.study import RATES, SEEDS, WARMUP

NAMES = {"sgd": "SGD with momentum", "adam": "Adam"}
GUESSING = 2.0  # nats; guessing one of ten costs ln 10 = 2.303, and a run whose best is above this has hardly learnt more
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


def is_rescued(cold: Row, warm: Row) -> bool:
    """Every warmed seed is better than every cold one, or none diverges where some did and the mean is better."""
    fewer = bool(cold.diverged) and not warm.diverged
    return warm.beats(cold) or (fewer and (warm.mean or 9.0) < (cold.mean or 9.0))


def is_clear(cold: Row, warm: Row) -> bool:
    """Whether the seeds leave no doubt: all warmed ones are better, or all of them diverge."""
    return warm.beats(cold) or len(warm.diverged) == len(SEEDS)


def answer(results: Results) -> str:
    """The lede: the answer for a reader who stops here."""
    helped = [optimizer for optimizer in RATES if is_rescued(*high_rows(results, optimizer))]
    lower = [optimizer for optimizer in RATES if _lower_is_better(results, optimizer)]
    if len(helped) == len(RATES):
        first = f"Yes, for both optimisers: {count(WARMUP)} steps of warm-up make a rate that is too high usable."
    elif helped:
        other = next(optimizer for optimizer in RATES if optimizer not in helped)
        first = f"It does for {NAMES[helped[0]]} and not for {NAMES[other]}."
    else:
        first = "Not in these runs: no optimiser gains from it beyond what the seeds scatter."
    if len(lower) == len(RATES):
        return f"{first} But the lower rate, without any warm-up, ends better still. Lower the rate first."
    if lower:
        return f"{first} With {NAMES[lower[0]]} the lower rate, without any warm-up, still ends better."
    return f"{first} And with it the high rate does no worse than the lower one without."


def _lower_is_better(results: Results, optimizer: str) -> bool:
    """Whether the lower rate without warm-up has the better mean than the high one with it; divergence counts as worse."""
    low = results.row(optimizer, RATES[optimizer][0], 0)
    warm = high_rows(results, optimizer)[1]
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
    """How many of the seeds that did not diverge never learnt; empty when all did."""
    parts = []
    for row, how in ((cold, "without"), (warm, "with")):
        stuck = [best for best in row.bests if best > GUESSING]
        if stuck:
            parts.append(f"{count(len(stuck))} of {count(len(SEEDS))} {how} it")
    if not parts:
        return ""
    return f"{joined(parts).capitalize()} never got below {GUESSING:g} nats, where guessing is 2.303."


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
    means = f"The mean of the best val/loss is {loss(warm.mean)} with warm-up and {loss(cold.mean)} without"
    if cold.diverged or warm.diverged:
        means += ", over the seeds that came to the end"
    if warm.beats(cold):
        return f"{means}; the worst warmed seed is better than the best cold one."
    if cold.beats(warm):
        return f"{means}; the worst cold seed is better than the best warmed one."
    return f"{means}, and the seeds of both overlap."


def claim(results: Results) -> tuple[str, str]:
    """(status, sentence) of the finding; supported only where the seeds leave no doubt about any optimiser."""
    pairs = {optimizer: high_rows(results, optimizer) for optimizer in RATES}
    helped = [NAMES[optimizer] for optimizer, pair in pairs.items() if is_rescued(*pair)]
    not_helped = [NAMES[optimizer] for optimizer, pair in pairs.items() if not is_rescued(*pair)]
    lower = all(_lower_is_better(results, optimizer) for optimizer in RATES)
    clear = all(is_clear(*pair) for pair in pairs.values())
    parts = [f"lets {joined(helped)} learn" if helped else "", f"does not save {joined(not_helped)}" if not_helped else ""]
    end = "; a lower rate is worth more than a ramp" if lower else ""
    sentence = f"At a learning rate that is too high, warm-up {joined([part for part in parts if part])}{end}."
    return "supported" if clear else "hypothesis", sentence
