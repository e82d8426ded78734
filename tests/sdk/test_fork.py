"""Forks, spawns and threads: no deadlock, no mixing; a child is a writer of its own."""

from pathlib import Path

import pytest

from tests.sdk.server import LabServer
from tests.sdk.test_crash import deliver_all, only_run
from tests.sdk.trainer import Trainers, until

FINISHED = {"state": "finished", "exit_code": 0, "reason": None}


def test_a_forked_child_is_another_writer(lab: LabServer, trainers: Trainers, runs: Path) -> None:
    done = trainers.run("""
        import multiprocessing, lablore
        run = lablore.init(project="digits", mode="offline")

        def work(n):
            for step in range(50):
                run.log({f"child{n}": step}, step=step)

        if __name__ == "__main__":
            run.log({"parent": 0})
            fork = multiprocessing.get_context("fork")
            children = [fork.Process(target=work, args=(n,)) for n in range(3)]
            [child.start() for child in children]
            for step in range(1, 50):
                run.log({"parent": step})
            [child.join() for child in children]
            run.finish()
    """)
    assert done.returncode == 0, done.stderr
    uid = deliver_all(lab, runs)
    wanted = [(step, float(step)) for step in range(50)]
    for key in ("parent", "child0", "child1", "child2"):
        assert lab.values(uid, key) == wanted
    assert len({writer for _, writer, _ in lab.batches}) == 4
    assert lab.updates(uid, "finish") == [FINISHED]
    assert lab.conflicts == []


@pytest.mark.parametrize(
    "leave", ["sys.exit(3)", "os._exit(3)", "1 / 0", "run.finish()", "os.kill(os.getpid(), signal.SIGTERM)"]
)
def test_the_end_of_a_child_is_not_the_end_of_the_run(lab: LabServer, trainers: Trainers, runs: Path, leave: str) -> None:
    done = trainers.run(f"""
        import lablore, os, sys, signal
        run = lablore.init(project="digits", mode="offline")
        pid = os.fork()
        if pid == 0:
            run.log({{"child": 1}})
            {leave}
        else:
            os.waitpid(pid, 0)
            run.log({{"parent": 1}})
    """)
    assert done.returncode == 0, done.stderr
    uid = deliver_all(lab, runs)
    assert lab.values(uid, "child") == [(0, 1.0)]
    assert lab.values(uid, "parent") == [(0, 1.0)]
    assert lab.updates(uid, "finish") == [FINISHED]


def test_a_child_does_not_keep_its_killed_parent_alive(lab: LabServer, trainers: Trainers) -> None:
    trainer = trainers.start("""
        import lablore, os, signal, sys, time
        run = lablore.init(project="digits")
        run.log({"parent": 1})
        if os.fork() == 0:
            sys.stdin.readline()
            run.log({"child": 1})
            os._exit(0)
        os.kill(os.getpid(), signal.SIGKILL)
    """)
    uid = only_run(lab)
    until(lambda: lab.end(uid), "the parent's end is told")
    assert lab.updates(uid, "finish") == [
        {"state": "failed", "exit_code": None, "reason": "the process ended without finish()"}
    ]
    assert lab.values(uid, "child") == []
    trainer.communicate("go\n", timeout=60)


def test_forking_while_threads_log_never_hangs(lab: LabServer, trainers: Trainers) -> None:
    done = trainers.run("""
        import lablore, os, threading
        run = lablore.init(project="digits", mode="offline")
        over = threading.Event()

        def work(n):
            while not over.is_set():
                run.log({f"t{n}": 1.0})

        threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
        [thread.start() for thread in threads]
        for n in range(60):
            pid = os.fork()
            if pid == 0:
                run.log({"child": n})
                os._exit(0)
            assert os.waitpid(pid, 0)[1] == 0
        over.set()
        [thread.join() for thread in threads]
        run.finish()
    """)
    assert done.returncode == 0, done.stderr


def test_spawned_children_have_runs_of_their_own(lab: LabServer, trainers: Trainers) -> None:
    done = trainers.run("""
        import multiprocessing, lablore

        def work(n):
            with lablore.init(project="digits", name=f"child {n}") as run:
                run.log({"n": n})

        if __name__ == "__main__":
            spawn = multiprocessing.get_context("spawn")
            children = [spawn.Process(target=work, args=(n,)) for n in range(2)]
            [child.start() for child in children]
            [child.join() for child in children]
    """)
    assert done.returncode == 0, done.stderr
    assert sorted(run["name"] for run in lab.runs.values()) == ["child 0", "child 1"]
    assert all(lab.end(uid) == FINISHED for uid in lab.runs)
