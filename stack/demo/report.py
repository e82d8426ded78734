"""The report on the study, as Ana would write it, with the numbers of the runs that were really trained."""

from stack.demo.results import Results, Row
from stack.demo.study import BATCH, LAYERS, RATES, SEEDS, STEPS, TAG, WARMUP, WIDTH, Setting
from stack.demo.wording import (
    NAMES,
    answer,
    claim,
    comparison,
    count,
    divergence,
    guessing,
    high_rows,
    joined,
    loss,
    lower_wins,
)

TITLE = "Does warm-up rescue a learning rate that is too high?"


def plan_text() -> str:
    """The draft that stands while the runs train."""
    return f"""{_front_matter()}
# {TITLE}

The runs are training. What they will show is not known yet; the charts below fill as they go.

{_setup()}

## Adam at {RATES["adam"][1]:g}

{_high_chart("adam", "adam-high")}

## SGD at {RATES["sgd"][1]:g}

{_high_chart("sgd", "sgd-high")}
"""


def report_text(results: Results) -> str:
    """The report with its conclusions; `results` must be whole."""
    status, sentence = claim(results)
    best = results.best
    return f"""{_front_matter()}
# {TITLE}

{answer(results)}

We asked because half of our training scripts begin with a ramp that nobody remembers choosing. The best of all
{len(results.runs)} runs is {{run:{best.name}}} with a final validation loss of {loss(best.final)} nats.

{_setup()}

## Adam at {RATES["adam"][1]:g}

{_about(results, "adam")}

{_high_chart("adam", "adam-high")}

## SGD with momentum at {RATES["sgd"][1]:g}

{_about(results, "sgd")}

{_high_chart("sgd", "sgd-high")}

## The rate that suits

{_low(results)}

{_table(results)}

{_all_chart()}

> [!finding] {status}
> {sentence}
>
> {len(results.runs)} runs, {count(len(SEEDS))} seeds each
>
> this network, this data

## What we do now

{_next(results)}

## Limits

- {count(len(SEEDS)).capitalize()} seeds say which way it goes, not by how much. Where the seeds overlap we claim nothing.
- One length of warm-up, {WARMUP} of {STEPS:,} steps. A longer ramp may do what this one does not.
- {LAYERS} layers without normalisation are chosen to be fragile. With normalisation we would expect less of everything.
- Network and rates were picked from several that we tried, on these same seeds, because they showed something. Read it as an
  example, not as a test of warm-up.
- Runs this close to the edge depend on the order in which a machine adds floats: on other hardware single seeds will end
  elsewhere.
"""


def _front_matter() -> str:
    sets = {"adam-high": _query("adam"), "sgd-high": _query("sgd"), "ended": f"tag:{TAG} state:finished"}
    lines = [f"  {name}: {{query: '{query}', limit: 100}}" for name, query in sets.items()]
    return "\n".join(["---", "runsets:", *lines, "---", ""])


def _query(optimizer: str) -> str:
    return f"tag:{TAG} group:{Setting(optimizer, RATES[optimizer][1], 0).group}"


def _setup() -> str:
    rates = joined([f"{NAMES[optimizer]} at {low:g} and {high:g}" for optimizer, (low, high) in RATES.items()])
    return f"""> [!note] Set-up
> scikit-learn's 1,797 images of digits, 450 of them for validation, the same in every run. {LAYERS} ReLU layers of {WIDTH}, no
> normalisation, {STEPS:,} steps of {BATCH} images shifted by up to a pixel. {rates}, SGD with a
> momentum of 0.9; a cosine to zero; before it
> no warm-up or {WARMUP} steps of it. {count(len(SEEDS)).capitalize()} seeds each. A run stops when its loss is no
> longer a number."""


CAPTIONS = {
    "adam": "Validation loss of Adam at the high rate, by steps of warm-up. A line is a mean of seeds, the band their spread.",
    "sgd": "Training loss of SGD at the high rate, by steps of warm-up. A cross marks where a loss stopped being a number.",
}


def _high_chart(optimizer: str, runs: str) -> str:
    y, band, smooth = ("val/loss", "sd", 0) if optimizer == "adam" else ("train/loss", "none", 0.6)
    return f"""```chart
kind: line
runs: {runs}
y: {y}
group: config.warmup
smooth: {smooth}
band: {band}
log: yes
caption: {CAPTIONS[optimizer]}
```"""


def _all_chart() -> str:
    return """```chart
kind: line
runs: ended
y: val/acc
group: group
band: sd
caption: Validation accuracy of the runs that came to the end, by optimiser and rate, cold and warmed together.
```"""


def _about(results: Results, optimizer: str) -> str:
    cold, warm = high_rows(results, optimizer)
    shown = [run for row in (cold, warm) for run in row.diverged[:1]]
    see = f" See {joined([f'{{run:{run.name}}}' for run in shown])}." if shown else ""
    return " ".join(filter(None, [divergence(cold, warm), guessing(cold, warm), comparison(cold, warm)])) + see


def _low(results: Results) -> str:
    return " ".join(_low_of(results, optimizer) for optimizer in RATES)


def _low_of(results: Results, optimizer: str) -> str:
    low, high = RATES[optimizer]
    cold, warm = results.row(optimizer, low, 0), results.row(optimizer, low, WARMUP)
    rescued = high_rows(results, optimizer)[1]
    if cold.mean is None or warm.mean is None:
        return f"{NAMES[optimizer]} at {low:g}: {divergence(cold, warm)}"
    if rescued.mean is None:
        first = f"{NAMES[optimizer]} at {low:g} comes to the end with every seed." if not cold.diverged else ""
    else:
        way = "better" if cold.mean < rescued.mean else "no better"
        first = (
            f"{NAMES[optimizer]} at {low:g} reaches {loss(cold.mean)} without warm-up, {way} than the {loss(rescued.mean)} "
            f"of the warmed runs at {high:g}."
        )
    return f"{first} {comparison(cold, warm)}".strip()


def _table(results: Results) -> str:
    head = ["| optimiser | rate | warm-up | final val/loss of each seed | mean | diverged |", "|---|---:|---:|---|---:|---:|"]
    return "\n".join(head + [_table_row(row) for row in results.rows])


def _table_row(row: Row) -> str:
    by_seed = {run.seed: run for run in row.runs}
    seeds = ", ".join(loss(by_seed[seed].final) if by_seed[seed].final is not None else "diverged" for seed in SEEDS)
    words = [NAMES[row.setting.optimizer], f"{row.setting.lr:g}", row.setting.warmup, seeds, loss(row.mean), len(row.diverged)]
    return f"| {' | '.join(map(str, words))} |"


def _next(results: Results) -> str:
    pairs = {optimizer: high_rows(results, optimizer) for optimizer in RATES}
    some = [NAMES[word] for word, pair in pairs.items() if any(0 < len(row.learnt) < len(SEEDS) for row in pair)]
    first = "- Lower a rate that is too high before anything else."
    if not all(lower_wins(results, optimizer) for optimizer in RATES):
        first = "- Try the lower rate first, and keep what ends better."
    lines = [first, *([f"- Five more seeds of {joined(some)}: some learn and some do not."] if some else [])]
    return "\n".join([*lines, "- Next question: clipping the gradient at 1 instead of a ramp."])
