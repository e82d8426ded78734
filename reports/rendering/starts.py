"""Texts a new report can begin with."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Start:
    name: str
    label: str
    about: str
    text: str


EXPERIMENT = """
One or two sentences: the answer, for a reader who stops here.

What we changed, what we kept equal, how many seeds.

## What we saw

```chart
kind: line
runs: state:finished
y: val/loss
caption: What the reader should see in this figure.
```

> [!finding] hypothesis
> One sentence you would tell a new colleague.

## What we do now

- …
"""

ABLATION = """
What matters and what does not, in one sentence.

| left out | result | against the full model |
|---|--:|--:|
| nothing | | |

```chart
kind: line
runs: group:ablation
y: val/loss
group: group
band: ci
caption: Each line is one part left out.
```

## What we do now

- …
"""

WEEKLY = """
What moved this week.

## Done

- …

## Seen

```chart
kind: line
runs: state:running
y: train/loss
caption: What is training now.
```

## Next

- [ ] …
"""

MORTEM = """
What broke, and what it cost.

## What happened

## Why

## What we changed so that it does not happen again

- [ ] …
"""

STARTS = (
    Start("experiment", "Experiment", "A question, its curves, a finding, what follows", EXPERIMENT),
    Start("ablation", "Ablation", "What happens when parts are left out", ABLATION),
    Start("weekly", "Weekly", "Done, seen, next", WEEKLY),
    Start("post-mortem", "Post-mortem", "What broke, why, and what we changed", MORTEM),
    Start("empty", "Empty page", "Only the title", "\n"),
)


METRIC = re.compile(r"^y: (.*)$", re.MULTILINE)
PLAIN = re.compile(r"[A-Za-z][\w./-]*")


def query_of(name: str) -> str:
    """The query of the chart that a text begins with; empty when it has none."""
    found = re.search(r"^runs: (.*)$", _named(name).text, re.MULTILINE)
    return found[1] if found else ""


def start_text(name: str, title: str, metrics: Sequence[str] = ()) -> str:
    """The Markdown of a new report. A metric that is not one of the project's `metrics` gives way to the first of these."""

    def fitting(line: re.Match[str]) -> str:
        return line[0] if not metrics or line[1] in metrics else f"y: {_scalar(metrics[0])}"

    return f"# {title}\n{METRIC.sub(fitting, _named(name).text).lstrip()}"


def _named(name: str) -> Start:
    return next((start for start in STARTS if start.name == name), STARTS[-1])


def _scalar(text: str) -> str:
    return text if PLAIN.fullmatch(text) else json.dumps(text, ensure_ascii=False)
