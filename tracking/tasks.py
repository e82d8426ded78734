"""Tasks of tracking: id in, load, call. Each may run twice, or never: beat finds the work again."""

from celery import shared_task

from tracking.aggregates import block, fold, purge, silence
from tracking.limits import FOLD_EXPIRES_SECONDS, PURGE_EXPIRES_SECONDS
from tracking.queries.backlog import runs_due
from tracking.queries.bin import runs_condemned


@shared_task(name="tracking.fold_run", expires=FOLD_EXPIRES_SECONDS)
def fold_run(run_id: int) -> None:
    fold.fold_run(run_id)


@shared_task(name="tracking.fold_due")
def fold_due() -> None:
    for run_id in runs_due():
        fold_run.delay(run_id)


@shared_task(name="tracking.lose_silent_runs")
def lose_silent_runs() -> None:
    silence.lose_silent_runs()


@shared_task(name="tracking.purge_run", expires=PURGE_EXPIRES_SECONDS)
def purge_run(run_id: int) -> None:
    purge.purge_run(run_id)


@shared_task(name="tracking.purge_due")
def purge_due() -> None:
    purge.condemn_old()
    for run_id in runs_condemned():
        purge_run.delay(run_id)


@shared_task(name="tracking.copy_changes")
def copy_changes() -> None:
    block.copy_changes()
