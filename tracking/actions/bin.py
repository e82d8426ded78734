"""Deleting runs: into the bin, out of it, and for ever. What is for ever is done by a worker, see tracking.aggregates.purge."""

from django.db import transaction
from django.db.models.functions import Now

from accounts.actor import Actor
from tracking.actions.tag import move_revision
from tracking.models import BinnedRun, Run


def bin_run(*, by: Actor, run: Run) -> None:
    """Hide the run everywhere; it can be restored for BIN_DAYS days. Twice is once, and who did it first stays named."""
    with transaction.atomic():
        Run.objects.filter(pk=run.pk).update(binned_at=Now(), binned_by=by.user)
        move_revision([run.pk])  # open pages learn of it


def restore_run(*, by: Actor, run: Run) -> bool:
    """Take the run out of the bin, as it was; False when it is not there, or on its way out for ever."""
    with transaction.atomic():
        restored = BinnedRun.objects.filter(pk=run.pk).update(binned_at=None, binned_by=None)
        move_revision([run.pk])
    return restored == 1


def condemn_run(*, by: Actor, run: Run) -> None:
    """Have a run of the bin removed for ever. Nobody can take this back."""
    BinnedRun.objects.filter(pk=run.pk).update(condemned_at=Now())
