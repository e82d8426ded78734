"""Recorded batches are read for ever, those of every released SDK and those by hand: see tests/wire/README.md."""

import json
from pathlib import Path
from typing import Any

import pytest

from accounts.models import User
from tests.factories.tracking import make_run
from tracking.aggregates.fold import fold_run
from tracking.ingest.accept import accept_batch
from tracking.models import Image, Project, Run, Update
from tracking.queries.history import history_of
from tracking.queries.series import series_of

WIRE = Path(__file__).parents[2] / "wire"
RECORDED = sorted([*WIRE.glob("v*/*.msgpack"), *WIRE.glob("v*/*.text")])


@pytest.fixture
def run(project: Project, bob: User) -> Run:
    return make_run(project, bob)


def told(name: Path) -> dict[str, Any]:
    return json.loads(name.with_suffix(".json").read_text())


def points_of(run: Run) -> list[tuple[int, int, int, str, str]]:
    found = []
    for line in series_of(run):
        history = history_of(run, line.key)
        assert history is not None
        points = history.points
        bits = [value.byteswap().tobytes().hex() for value in points.values]
        orders = (points.ranks & (2**20 - 1)).tolist()
        found += list(zip(orders, points.steps.tolist(), points.times.tolist(), [line.key] * len(points), bits, strict=True))
    return sorted(found)


def test_there_are_recorded_batches() -> None:
    assert len(RECORDED) >= 7


@pytest.mark.parametrize("name", RECORDED, ids=lambda name: f"{name.parent.name}-{name.stem}")
def test_a_recorded_batch_reads_as_it_must(run: Run, name: Path) -> None:
    must = told(name)
    answer = accept_batch(run, "w", 0, codec="", body=name.read_bytes(), is_json=name.suffix == ".text")
    assert (answer.points, answer.rejected) == (len(must["points"]), [])
    images = [
        [image.order, image.time, "image", {"key": image.key, "step": image.step, "png": bytes(image.blob.body).hex()}]
        for image in Image.objects.filter(run=run).select_related("blob")
    ]
    for update in must["updates"]:
        update[3].pop("caption", None)
    updates = [
        [update.order, update.time, update.kind, update.data] for update in Update.objects.filter(run=run).order_by("order")
    ]
    for _ in range(2):
        assert points_of(run) == sorted(tuple(point) for point in must["points"])
        assert sorted([*updates, *images], key=lambda told: told[0]) == must["updates"]
        fold_run(run.pk)
