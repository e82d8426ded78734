"""Putting words on runs and taking them off."""

from collections.abc import Iterable, Sequence

from django.db import transaction
from django.db.models import Count, F

from accounts.actor import Actor
from kit.refusal import Refusal
from kit.text import CONTROL
from tracking.limits import TAG_LENGTH, TAGS_PER_RUN
from tracking.models import Heartbeat, Project, Run, Tag


class UnacceptableTag(Refusal):
    code = "unacceptable_tag"


def tag_run(*, by: Actor, run: Run, names: Iterable[str]) -> None:
    tag_runs(by=by, project=run.project, runs=[run], names=names)


def untag_run(*, by: Actor, run: Run, names: Iterable[str]) -> None:
    untag_runs(by=by, project=run.project, runs=[run], names=names)


def tag_runs(*, by: Actor, project: Project, runs: Sequence[Run], names: Iterable[str]) -> None:
    """Put every tag on every one of these runs of the project; tags that are new are made. Raises UnacceptableTag."""
    wanted = cleaned_tags(names)
    ids = [run.pk for run in runs]
    with transaction.atomic():
        _lock(ids)
        tags = Tag.objects.called(project, wanted)
        through = Run.tags.through
        links = [through(run_id=run, tag_id=tag.pk) for run in ids for tag in tags]
        through.objects.bulk_create(links, ignore_conflicts=True)
        full = Run.objects.filter(pk__in=ids).annotate(n=Count("tags")).filter(n__gt=TAGS_PER_RUN).first()
        if full is not None:
            raise UnacceptableTag(f"{full.name} would have more than {TAGS_PER_RUN} tags. Remove some first.", field="tags")
        move_revision(ids)


def untag_runs(*, by: Actor, project: Project, runs: Sequence[Run], names: Iterable[str]) -> None:
    """Take these tags off these runs; one that is not there is no error."""
    ids = [run.pk for run in runs]
    with transaction.atomic():
        _lock(ids)
        Run.tags.through.objects.filter(run_id__in=ids, tag__project=project, tag__name__in=cleaned_tags(names)).delete()
        move_revision(ids)


def set_tags(*, by: Actor, run: Run, names: Iterable[str]) -> None:
    """Exactly these tags, no others."""
    wanted = cleaned_tags(names)
    with transaction.atomic():
        _lock([run.pk])
        run.tags.set(Tag.objects.called(run.project, wanted))
        move_revision([run.pk])


def _lock(run_ids: Iterable[int]) -> None:
    """Lock the runs' rows, in one order for all: before tags and heartbeats, as by the trainer's batches (ingest/accept.py).

    So two who tag the same runs wait for each other instead of meeting crosswise, and the count of a run's tags holds.
    """
    list(Run.objects.select_for_update(no_key=True).filter(pk__in=list(run_ids)).order_by("pk").values_list("pk"))


def cleaned_tags(names: Iterable[str]) -> list[str]:
    """Trimmed, each once, in order. Raises UnacceptableTag."""
    found = list(dict.fromkeys(name.strip() for name in names))
    if len(found) > TAGS_PER_RUN:
        raise UnacceptableTag(f"A run has at most {TAGS_PER_RUN} tags.", field="tags")
    for name in found:
        if not name or len(name) > TAG_LENGTH or CONTROL.search(name):
            raise UnacceptableTag(f"A tag is 1 to {TAG_LENGTH} characters on one line.", field="tags")
    return found


def move_revision(run_ids: Iterable[int]) -> None:
    Heartbeat.objects.filter(run__in=list(run_ids)).update(revision=F("revision") + 1)
