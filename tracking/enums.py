"""Words of tracking; import nothing of ours."""

from django.db.models import TextChoices


class RunState(TextChoices):
    """What a run is doing, by the server's clock."""

    RUNNING = "running", "running"
    FINISHED = "finished", "finished"
    FAILED = "failed", "failed"
    LOST = "lost", "lost"
    KILLED = "killed", "killed"


# What a trainer may say of its own end; `lost` is only ever the server's word.
ENDINGS = frozenset({RunState.FINISHED, RunState.FAILED, RunState.KILLED})

# What a rule may say of a metric: which way it is better, and which one number stands for it.
GOALS = ("minimize", "maximize")
READINGS = ("min", "max", "last", "mean")
