"""From `run.log` to the server: what was logged is what arrives, bit for bit, and nothing raises."""

import struct
import threading
from pathlib import Path
from typing import Any

import lablore
import msgspec
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lablore._delivery import Delivery
from lablore._settings import Access
from lablore._spool import CUT_BYTES
from lablore.sync import push

from tests.sdk.server import KEY, LabServer


def deliver(lab: LabServer, run: lablore.Run) -> Delivery:
    done = push(run.dir, Access(lab.url, KEY), patience=5.0)
    assert done.why == ""
    assert lab.conflicts == []
    return done


def offline(**given: Any) -> lablore.Run:
    return lablore.init(project="vision/digits", mode="offline", **given)


def test_a_run_as_logged(lab: LabServer) -> None:
    with offline(
        name="first", config={"lr": 3e-4, "net": {"depth": 2}}, tags=["warmup"], group="g", job_type="train", seed=7
    ) as run:
        run.log({"loss": 0.5})
        run.log({"loss": 0.25, "val": {"acc": 0.75}})
        run.log({"loss": 0.125}, step=10)
        run.log({"loss": 0.0625})
        run.log({"loss": 9.0}, step=2)
        run.log({"loss": 8.0})
        run.config["lr"] = 1e-3
        run.config.update({"epochs": 3}, batch=32)
        run.summary["best"] = 0.75
        run.tags.add("promising")
        run.tags.remove("warmup")
    deliver(lab, run)
    assert lab.runs[run.id] == {
        "uid": run.id,
        "project": "vision/digits",
        "name": "first",
        "group": "g",
        "job_type": "train",
        "seed": 7,
        "config": {"lr": 3e-4, "net": {"depth": 2}},
        "tags": ["warmup"],
    }
    assert lab.values(run.id, "loss") == [(0, 0.5), (1, 0.25), (10, 0.125), (11, 0.0625), (2, 9.0), (12, 8.0)]
    assert lab.values(run.id, "val/acc") == [(1, 0.75)]
    assert lab.updates(run.id, "config") == [{"lr": 3e-4, "net": {"depth": 2}}, {"lr": 1e-3}, {"epochs": 3}, {"batch": 32}]
    assert lab.updates(run.id, "summary") == [{"best": 0.75}]
    assert lab.updates(run.id, "tags") == [
        {"add": ["warmup"], "remove": []},
        {"add": ["promising"], "remove": []},
        {"add": [], "remove": ["warmup"]},
    ]
    assert lab.end(run.id) == {"state": "finished", "exit_code": 0, "reason": None}
    assert run.config.lr == 1e-3
    assert dict(run.config) == {"lr": 1e-3, "net": {"depth": 2}, "epochs": 3, "batch": 32}
    assert list(run.tags) == ["promising"]
    assert run.url == f"{lab.url}/vision/vision/digits/runs/{run.id}"


def test_rules_for_metrics_arrive_once_each(lab: LabServer, capsys: pytest.CaptureFixture[str]) -> None:
    with offline() as run:
        for _ in range(3):
            run.define_metric("val/loss", goal="minimize", summary="mean", step_metric="epoch")
            lablore.define_metric("val/*", goal="max", hidden=True)
        run.define_metric("val/loss", "epoch", summary="last")
    deliver(lab, run)
    assert lab.updates(run.id, "metric") == [
        {"key": "val/loss", "goal": "minimize", "summary": "mean", "step_metric": "epoch"},
        {"key": "val/*", "goal": "maximize", "summary": None, "step_metric": None},
        {"key": "val/loss", "goal": None, "summary": "last", "step_metric": "epoch"},
    ]
    assert capsys.readouterr().err.count("define_metric of val/* takes no hidden: the rest of the rule counts") == 1


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"name": "a", "goal": "least"}, "define_metric: goal is one of minimize, maximize, not 'least'"),
        (
            {"name": "*loss"},
            "define_metric: a * stands at the end of the name that a rule is for and nowhere else, not as in key '*loss'",
        ),
        ({"name": "a", "summary": ["mean"]}, "define_metric: summary is one of min, max, last, mean, not ['mean']"),
        ({"name": 5}, "define_metric: the name of a metric is text, not int"),
        ({"name": ""}, "define_metric: a metric without a name"),
        ({"name": "a", "step_metric": "x" * 201}, "define_metric: a metric name of more than 200 characters"),
        ({"name": "a", "step_metric": b"epoch"}, "define_metric: the name of a metric is text, not bytes"),
    ],
)
def test_what_is_no_rule_is_counted_and_said_once(
    lab: LabServer, capsys: pytest.CaptureFixture[str], said: Any, reason: str
) -> None:
    with offline() as run:
        capsys.readouterr()
        run.define_metric(**said)
        run.define_metric(**said)
    assert [line for line in capsys.readouterr().err.splitlines() if "not recorded" in line] == [
        f"lablore: not recorded: {reason} (counted, said once)"
    ]
    deliver(lab, run)
    assert lab.updates(run.id, "metric") == []
    assert lab.updates(run.id, "lost") == [{"count": 2, "reason": reason}]


BITS = st.integers(0, 2**64 - 1)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(-(2**63), 2**63 - 1), BITS, BITS), min_size=1, max_size=40))
def test_every_float64_and_every_step_arrives_bit_for_bit(lab: LabServer, rows: list[tuple[int, int, int]]) -> None:
    with offline() as run:
        for step, a, b in rows:
            one, two = struct.unpack("<dd", struct.pack("<QQ", a, b))
            run.log({"a": one, "b": np.float64(two)}, step=step)
    deliver(lab, run)
    arrived = [(step, key, raw) for step, _, key, raw in lab.points(run.id)]
    logged = [(step, key, struct.pack("<Q", bits)) for step, a, b in rows for key, bits in (("a", a), ("b", b))]
    assert arrived == logged


@pytest.mark.parametrize(
    ("data", "step", "arrives", "lost"),
    [
        ({"a": 1, "b": "text", "c": None}, 0, {"a": 1.0}, 2),
        ({"a": 1, "": 2, "x\n": 3, "x" * 201: 4}, 0, {"a": 1.0}, 3),
        ({"a": 2**70, 5: True, "n": {"p": {"q": np.float32(0.5)}}}, 0, {"a": float(2**70), "5": 1.0, "n/p/q": 0.5}, 0),
        ({"a": 10**400}, 0, {}, 1),
        ({"a": 1, "b": 2}, "seven", {}, 2),
        ({"a": 1}, 2**63, {}, 1),
        ({"a": np.zeros(2)}, 0, {}, 1),
        ([("a", 1)], 0, {}, 1),
        (None, 0, {}, 1),
        ({}, 0, {}, 0),
        ({"pic": lablore.Image(b"no")}, 0, {}, 1),
    ],
)
def test_what_cannot_be_kept_is_counted_and_said_once(
    lab: LabServer, capsys: pytest.CaptureFixture[str], data: Any, step: Any, arrives: dict[str, float], lost: int
) -> None:
    with offline() as run:
        run.log(data, step=step)
        said = capsys.readouterr().err.splitlines()
        run.log(data, step=step)
        assert capsys.readouterr().err == ""
    deliver(lab, run)
    assert sum(update["count"] for update in lab.updates(run.id, "lost")) == 2 * lost
    assert sum("not recorded" in line for line in said) == len(lab.updates(run.id, "lost"))
    assert [(key, struct.unpack("<d", raw)[0]) for _, _, key, raw in lab.points(run.id)] == 2 * list(arrives.items())


def test_values_that_contain_themselves(lab: LabServer) -> None:
    endless: dict[str, Any] = {"a": 1.0}
    endless["in"] = endless
    with offline() as run:
        run.log(endless)
        run.config["endless"] = endless
    deliver(lab, run)
    assert lab.values(run.id, "a") == [(0, 1.0)]
    assert sum(update["count"] for update in lab.updates(run.id, "lost")) == 2


def test_after_finish_nothing_is_recorded(lab: LabServer, capsys: pytest.CaptureFixture[str]) -> None:
    run = offline()
    run.finish()
    run.finish()
    run.log({"a": 1})
    run.log({"a": 1})
    run.config["a"] = 1
    assert capsys.readouterr().err.count("the run is finished") == 1
    deliver(lab, run)
    assert lab.points(run.id) == []
    assert len(lab.updates(run.id, "finish")) == 1


def test_images(lab: LabServer) -> None:
    with offline() as run:
        image = lablore.Image(np.zeros((3, 4), np.uint8), caption="black")
        run.log({"loss": 1.0, "val": {"worst": image}}, step=3)
        run.log({"loss": 2.0})
    deliver(lab, run)
    assert lab.updates(run.id, "image") == [{"key": "val/worst", "step": 3, "png": image.png, "caption": "black"}]
    assert lab.values(run.id, "loss") == [(3, 1.0), (4, 2.0)]


def test_batches_stay_far_below_the_servers_limits(lab: LabServer) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (1100, 1100, 3), dtype=np.uint8)
    picture = lablore.Image(noise)
    with offline() as run:
        for at in range(3):
            run.log({"picture": picture})
            run.log({f"wide/{at}/{column}": 1.0 for column in range(9000)})
        for at in range(9000):
            run.log({f"one/{at}": 1.0})
        for _ in range(60_000):
            run.log({"loss": 0.5})
    deliver(lab, run)
    sizes = [len(body) for body in lab.batches.values()]
    assert max(sizes) < CUT_BYTES + (5 << 20)
    assert max(len({key for group in _groups(body) for key in group[0]}) for body in lab.batches.values()) <= 8000
    assert len(lab.points(run.id)) == 3 * 9000 + 9000 + 60_000
    assert lab.updates(run.id, "lost") == []


def _groups(body: bytes) -> list[Any]:
    return msgspec.msgpack.decode(body)["groups"]


def test_threads_share_one_run(lab: LabServer) -> None:
    with offline() as run:
        barrier = threading.Barrier(8)

        def work(name: str) -> None:
            barrier.wait()
            for at in range(500):
                run.log({name: at, "shared": 1.0})

        workers = [threading.Thread(target=work, args=(f"t{n}",)) for n in range(8)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    deliver(lab, run)
    assert len({step for step, _ in lab.values(run.id, "shared")}) == 4000
    for n in range(8):
        assert [value for _, value in lab.values(run.id, f"t{n}")] == list(range(500))


def test_two_runs_in_one_process_do_not_mix(lab: LabServer) -> None:
    with offline() as one, offline() as two:
        one.log({"a": 1})
        lablore.log({"a": 2})
        two.finish()
        lablore.log({"a": 3})
    deliver(lab, one)
    deliver(lab, two)
    assert lab.values(one.id, "a") == [(0, 1.0), (1, 3.0)]
    assert lab.values(two.id, "a") == [(0, 2.0)]


def test_resuming_is_another_writer_of_the_same_run(lab: LabServer) -> None:
    with offline() as run:
        run.log({"a": 1})
    with offline(id=run.id) as again:
        again.log({"a": 2}, step=1)
    assert again.dir == run.dir
    deliver(lab, run)
    assert len(lab.runs) == 1
    assert {writer for _, writer, _ in lab.batches} == {run._recorder.writer, again._recorder.writer}
    assert sorted(lab.values(run.id, "a")) == [(0, 1.0), (1, 2.0)]


def test_a_large_config_goes_key_by_key(lab: LabServer, capsys: pytest.CaptureFixture[str]) -> None:
    config = {f"k{n}": "x" * 100_000 for n in range(5)} | {"huge": "x" * 300_000}
    with offline(config=config) as run:
        assert set(run.config) == {"k0", "k1", "k2", "k3", "k4"}
    deliver(lab, run)
    assert "config" not in lab.runs[run.id]
    assert {key for update in lab.updates(run.id, "config") for key in update} == {"k0", "k1", "k2", "k3", "k4"}
    assert "config of more than 256 KiB in one piece" in capsys.readouterr().err


def test_disabled_records_nothing(lab: LabServer, runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with lablore.init(mode="disabled", config={"lr": 1}) as run:
        run.log({"a": "text"})
        assert run.config.lr == 1
        run.summary["a"] = 1
        run.tags.add("x")
        assert "x" in run.tags
    assert capsys.readouterr().err == ""
    assert not runs.exists()
    assert lab.asks == []


@pytest.mark.parametrize(
    "given", [{"mode": "on"}, {"id": "short"}, {"id": "../../../../etc/x"}, {"host": "ftp://x"}, {"host": "http://a:b@c"}]
)
def test_init_refuses_what_cannot_be(given: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"mode is|not the id|not the address|must not carry"):
        lablore.init(**given)


def test_init_takes_any_words(lab: LabServer) -> None:
    tags = ["x" * 100, "a\nb", "", " "]
    with offline(name="a\x00b\n" + "n" * 300, notes="x\x00" + "y" * 30_000, seed=2**80, tags=tags, config=3) as run:
        pass
    deliver(lab, run)
    sent = lab.runs[run.id]
    assert sent["name"] == "a b " + "n" * 196
    assert len(sent["notes"]) == 20_000
    assert sent["tags"] == ["a b", "x" * 64]
    assert "seed" not in sent
