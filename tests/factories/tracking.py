"""Projects and runs for tests, made by the same actions as in the product."""

from typing import Any

import msgspec
import numpy as np

from accounts.actor import Actor
from accounts.models import Team, User
from tracking.actions.bin import bin_run
from tracking.actions.project import create_project
from tracking.actions.run import RunStart, start_run
from tracking.aggregates.fold import fold_run
from tracking.ingest.accept import accept_batch
from tracking.models import Blob, Image, Project, Run
from tracking.models.run import run_uid

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010800000000"
    "3a7e9b550000000a49444154789c636000000002000148afa4710000000049454e44ae426082"
)


def make_project(team: Team, user: User, slug: str = "nlp") -> Project:
    return create_project(by=Actor(user), team=team, slug=slug, name=slug)


def make_run(project: Project, user: User, name: str = "", **start: Any) -> Run:
    """A running run; `start` as in RunStart."""
    start.setdefault("uid", run_uid())
    return start_run(by=Actor(user), project=project, start=RunStart(name=name, **start))[0]


def make_image(run: Run, key: str = "confusion") -> Image:
    """An image of one black pixel, different for each run."""
    blob = Blob.keep(PIXEL + run.uid.encode())
    return Image.objects.create(run=run, writer="w", seq=0, order=0, key=key, step=0, time=0, width=1, height=1, blob=blob)


def sample_words(team: Team, owner: User, words: dict[str, str]) -> dict[str, str]:
    """Words of addresses for tests/test_every_url_is_gated.py."""
    project = make_project(team, owner, slug=f"{team.slug}-work")
    run = make_run(project, owner, name="sample")
    log_metrics(run, {"loss": [2.0, 1.0]})
    digest = make_image(run).blob_id
    binned = make_run(project, owner, name="deleted sample")
    bin_run(by=Actor(owner), run=binned)
    words = {"project": project.slug, "run": run.uid, "binned": binned.uid, "digest": digest, "writer": "w", "seq": "0"}
    return words | {"?key": "loss"}


def log_metrics(
    run: Run,
    metrics: dict[str, list[float]],
    *,
    seq: int = 0,
    first_step: int = 0,
    writer: str = "w",
    fold: bool = True,
    **updates: Any,
) -> None:
    """One batch, accepted and folded like a trainer's: values of each metric at consecutive steps. `updates`: kind=data."""
    height = max(map(len, metrics.values()), default=0)
    steps = np.arange(first_step, first_step + height, dtype="<i8")
    values = np.array(list(metrics.values()), dtype="<f8").T.tobytes()
    order = np.arange(height, dtype="<i4").tobytes()
    groups = [[list(metrics), order, steps.tobytes(), (steps * 1000).tobytes(), values]] if metrics else []
    time = (first_step + height) * 1000
    records = [[height + i, time, kind, data] for i, (kind, data) in enumerate(updates.items())]
    accept_batch(run, writer, seq, codec="", body=msgspec.msgpack.encode({"v": 1, "groups": groups, "updates": records}))
    if fold:
        fold_run(run.pk)
