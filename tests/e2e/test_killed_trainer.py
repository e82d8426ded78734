"""kill -9 of a training: every log call that returned is there, and nobody says that it finished."""

from tests.e2e.site import FINAL, Site

TRAINING = """
run = lablore.init("digits", "killed")
say(run.id)
for step in range(10**9):
    run.log({"loss": step + 0.5, "lr": 1e-3}, step=step)
    say(step)
"""


def test_every_point_of_a_killed_training_is_there_within_seconds(lab: Site) -> None:
    training = lab.train(TRAINING)
    while training.next_line() < 3000:
        pass
    training.kill()
    returned = training.said[-1] + 1  # calls that had returned when it died; the one after may have been recorded

    lab.until_points(training.run, "loss", returned, seconds=60)
    steps, values = lab.history(training.run, "loss")
    assert len(steps) in {returned, returned + 1}
    assert steps.tolist() == list(range(len(steps)))
    assert values.tolist() == [step + 0.5 for step in range(len(steps))]
    assert lab.until_state(training.run, FINAL) in {"failed", "lost"}


def test_a_training_that_raises_has_failed_with_its_exit_code(lab: Site) -> None:
    training = lab.train(
        """
        run = lablore.init("digits", "raises")
        say(run.id)
        run.log({"loss": 1.0})
        raise FloatingPointError("the loss is nan")
        """
    )
    assert training.exit_code() == 1
    assert lab.until_state(training.run, FINAL) == "failed"
    said = lab.get(f"/api/v1/runs/{training.run}").json()
    assert said["exit_code"] == 1
    assert said["end_reason"].startswith("FloatingPointError")
