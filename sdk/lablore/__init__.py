"""Lablore's SDK: `init`, `log`, `finish`, and a log call that has returned survives `kill -9`.

    import lablore

    run = lablore.init(project="vision/digits", config={"lr": 3e-4}, seed=7)
    run.define_metric("val/acc", goal="maximize", summary="max")
    run.log({"train/loss": 0.3})
    run.finish()

`lablore.config`, `lablore.summary` and `lablore.run` are those of the run started last, so `import lablore as wandb` works
for the usual calls.
"""

from typing import Any

from lablore._image import Image
from lablore._maps import Record, Tags
from lablore._run import Run
from lablore._session import current, define_metric, finish, init, log

__version__ = "0.1.0"

__all__ = [
    "Image",
    "Record",
    "Run",
    "Tags",
    "__version__",
    "config",
    "define_metric",
    "finish",
    "init",
    "log",
    "run",
    "summary",
]

run: Run | None
config: Record
summary: Record


def __getattr__(name: str) -> Any:
    if name == "run":
        return current()
    if name in {"config", "summary"}:
        now = current()
        if now is None:
            raise AttributeError(f"lablore.{name} belongs to a run: call lablore.init() first")
        return getattr(now, name)
    raise AttributeError(f"module 'lablore' has no attribute {name!r}")
