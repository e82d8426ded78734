"""History as columns of bytes, and the example of docs/wire.md."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from django.http import HttpResponseBase
from django.test import Client

from accounts.models import User
from tests.factories.batch import batch_of, line
from tests.factories.tracking import log_metrics, make_run
from tests.tracking.queries.test_history import SPECIAL, columns_of, log_in_disorder, send_bits
from tracking.ingest.accept import accept_batch
from tracking.models import Project, Run
from tracking.queries.history import history_of

WIRE = Path(__file__).parents[3] / "docs" / "wire.md"
Ask = Callable[..., HttpResponseBase]


@pytest.fixture
def run(project: Project, bob: User) -> Run:
    return make_run(project, bob)


@pytest.fixture
def ask(run: Run, api_of: Callable[[str], Client], read_key: str) -> Ask:
    """ask(first=5): the answer about `loss` in MessagePack."""

    def ask(**words: Any) -> HttpResponseBase:
        address = f"/api/v1/runs/{run.uid}/history"
        headers = {"accept": "application/msgpack", "accept-encoding": "gzip, zstd"}
        return api_of(read_key).get(address, {"key": "loss", **words}, headers=headers)

    return ask


def test_columns_hold_what_is_stored(run: Run, ask: Ask) -> None:
    log_in_disorder(run)
    whole = history_of(run, "loss")
    assert whole is not None
    told = msgspec.msgpack.decode(ask().getvalue())
    types = {"steps": "<i8", "times": "<i8", "values": "<f8", "writers": "<u4"}
    steps, times, values, writers = (np.frombuffer(told[word], dtype).tolist() for word, dtype in types.items())
    points = [(step, time, value, name) for step, time, value, _, name in columns_of(whole.points)]
    assert list(zip(steps, times, values, [told["names"][i] for i in writers], strict=True)) == points
    assert told["names"] == ["late", "w"]
    assert told["superseded"] == np.flatnonzero(whole.superseded).tolist()
    assert (told["key"], told["next"]) == ("loss", None)


def test_an_empty_range_is_empty_columns(run: Run, ask: Ask) -> None:
    log_metrics(run, {"loss": [1.0]})
    told = msgspec.msgpack.decode(ask(first=5).getvalue())
    assert (told["steps"], told["times"], told["values"], told["writers"], told["next"]) == (b"", b"", b"", b"", None)


def test_columns_say_how_long_they_are_and_are_not_compressed(run: Run, ask: Ask) -> None:
    log_metrics(run, {"loss": [1.0] * 200_000})  # more than one piece
    answer = ask()
    assert not answer.has_header("Content-Encoding")
    assert int(answer["Content-Length"]) == len(answer.getvalue()) > 28 * 200_000


@pytest.mark.django_db(transaction=True)
def test_the_example_of_the_wire_document_reads_every_bit(run: Run, read_key: str, live_server: Any) -> None:
    """Over real HTTP, as it stands there."""
    send_bits(run, SPECIAL)
    accept_batch(run, "v", 0, codec="", body=batch_of(line("loss", [0.5], first_step=100)))
    (example,) = re.findall(r"```python\n(.*?)```", WIRE.read_text(), re.DOTALL)
    names: dict[str, Any] = {"server": live_server.url, "key": read_key, "run": run.uid}
    exec(example, names)  # noqa: S102 - our own document
    assert names["steps"].tolist() == [*range(len(SPECIAL)), 100]
    assert names["values"][:-1].view(np.uint64).tolist() == SPECIAL
    assert np.frombuffer(names["told"]["times"], "M8[ms]")[-1] == np.datetime64(1_700_000_000_000, "ms")
