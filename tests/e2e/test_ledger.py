"""A ledger (promise D3): trainers write values that nobody else writes while every part of the stack is killed in turn.

Afterwards every value whose log call returned is there exactly once, no other is, and the trainers noticed nothing.
"""

import os
import signal

import redis

from tests.e2e.site import Site, Trainer
from tests.stack.running import until

TRAINERS = 3
SLOWEST = 0.25  # seconds a log call may take on a machine where everything is being restarted
TRAINING = """
number = int(sys.argv[1])
run = lablore.init("ledger", f"writer-{number}")
say(run.id)
step, slowest = 0, 0.0
while not told_to_end():
    before = time.perf_counter()
    run.log({"value": number * 1_000_000 + step + 0.25, "other": -step}, step=step)
    slowest = max(slowest, time.perf_counter() - before)
    step += 1
    time.sleep(0.004)
say([step, slowest])
run.finish()
"""


def kill(lab: Site, part: str) -> None:
    """kill -9, and wait until the stack is whole again."""
    before = lab.stack.pids()[part]
    os.kill(before, signal.SIGKILL)
    until(lambda: lab.stack.pids().get(part, before) != before)
    until(lab.stack.healthy)


def ended(trainer: Trainer) -> int:
    """Log calls that returned, once the trainer has ended as it would have without us."""
    trainer.tell_to_end()
    returned, slowest = trainer.next_line()
    assert trainer.exit_code() == 0
    assert slowest < SLOWEST
    assert trainer.errors().count("could not be recorded") == 0
    return int(returned)


def test_nothing_is_lost_or_doubled_when_every_part_is_killed(lab: Site) -> None:
    trainers = [lab.train(TRAINING, str(number)) for number in range(TRAINERS)]
    for part in ("web", "worker", "redis", "beat", "postgres", "web"):
        kill(lab, part)
    with redis.Redis.from_url(lab.stack.home.redis_url) as client:
        client.flushall()
    counts = [ended(trainer) for trainer in trainers]
    assert min(counts) > 500

    for number, (trainer, count) in enumerate(zip(trainers, counts, strict=True)):
        assert lab.until_state(trainer.run, {"finished"}) == "finished"
        steps, values = lab.history(trainer.run, "value")
        assert steps.tolist() == list(range(count))
        assert values.tolist() == [number * 1_000_000 + step + 0.25 for step in range(count)]
        assert lab.history(trainer.run, "other")[1].tolist() == [-step for step in range(count)]


def test_after_a_flushed_redis_the_worker_folds_what_waits(lab: Site) -> None:
    trainer = lab.train(TRAINING, "9")
    with redis.Redis.from_url(lab.stack.home.redis_url) as client:
        lab.until_points(trainer.run, "value", 100)
        client.flushall()
        count = ended(trainer)
        client.flushall()
    lab.until_points(trainer.run, "value", count)
    until(lambda: lab.stack.health()[1]["parts"]["backlog"]["oldest_unfolded_seconds"] is None)
    assert lab.history(trainer.run, "value")[0].tolist() == list(range(count))
