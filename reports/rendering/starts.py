"""Texts a new report can begin with."""

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


def start_text(name: str, title: str) -> str:
    """The Markdown of a new report."""
    found = next((start for start in STARTS if start.name == name), STARTS[-1])
    return f"# {title}\n{found.text.lstrip()}"
