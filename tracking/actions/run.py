"""Verbs of runs. Each is one transaction, and each change of a run moves its revision, which the pages poll."""

from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from accounts.actor import Actor
from kit.refusal import Refusal
from kit.text import CONTROL, UNSTORABLE
from kit.uid import uid_pattern
from tracking.actions.tag import cleaned_tags, move_revision
from tracking.aggregates.state import begin
from tracking.errors import RunPurged
from tracking.limits import INT64, NAME_LENGTH, NOTES_LENGTH, RUN_UID_LENGTH
from tracking.models import Heartbeat, Project, Run, Tag, Tombstone

_UID = uid_pattern(RUN_UID_LENGTH)


class UnacceptableRun(Refusal):
    code = "unacceptable_run"


class UidTaken(Refusal):
    code = "uid_taken"
    status = 409


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStart:
    """What a trainer says of a run before it logs."""

    uid: str
    name: str = ""
    group: str = ""
    job_type: str = ""
    config: dict[str, Any] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    seed: int | None = None
    notes: str = ""


def start_run(*, by: Actor, project: Project, start: RunStart) -> tuple[Run, bool]:
    """The run with this uid, and whether it is new. Asking again with the same uid is how a trainer resumes: nothing changes.

    A run in the bin stays there. Raises UidTaken when the uid names a run elsewhere, with one text for every elsewhere, and
    RunPurged when its run was deleted for ever.
    """
    if _UID.fullmatch(start.uid) is None:
        raise UnacceptableRun("A run's uid is 16 characters of lower-case Crockford base32.", field="uid")
    fields = {
        "project": project,
        "name": line_of(start.name, "name") or f"run-{start.uid[:6]}",
        "group": line_of(start.group, "group"),
        "job_type": line_of(start.job_type, "job_type"),
        "seed": _seed(start.seed),
        "notes": notes_of(start.notes),
        "first_config": start.config,
        "created_by": by.user,
    }
    tags = cleaned_tags(start.tags)
    with transaction.atomic():
        run, created = Run.everything.get_or_create(uid=start.uid, defaults=fields)
        # Asked last: the uid is the run's until its purge ends, and that has put up the stone.
        stone = Tombstone.objects.filter(uid=start.uid).first() if created else None
        if (run if stone is None else stone).project_id != project.pk:
            raise UidTaken("This uid is taken. Make a new one for a new run.", field="uid")
        if stone is not None or run.condemned_at is not None:
            raise RunPurged
        if created:
            Heartbeat.objects.create(run=run)
            run.tags.add(*Tag.objects.called(project, tags))
            begin(run)
    return run, created


def edit_run(*, by: Actor, run: Run, name: str | None = None, notes: str | None = None, group: str | None = None) -> Run:
    """Change what a person writes about a run; None leaves a field as it is."""
    changes: dict[str, str] = {}
    if name is not None:
        changes["name"] = line_of(name, "name")
        if not changes["name"]:
            raise UnacceptableRun("A run needs a name.", field="name")
    if notes is not None:
        changes["notes"] = notes_of(notes)
    if group is not None:
        changes["group"] = line_of(group, "group")
    with transaction.atomic():
        Run.objects.filter(pk=run.pk).update(**changes)
        move_revision([run.pk])
    for word, value in changes.items():
        setattr(run, word, value)
    return run


def line_of(text: str, name: str) -> str:
    """One line of text without control characters, trimmed. Raises UnacceptableRun naming the field."""
    if CONTROL.search(text):
        raise UnacceptableRun(f"A run's {name} is one line without control characters.", field=name)
    if len(text.strip()) > NAME_LENGTH:
        raise UnacceptableRun(f"A run's {name} has at most {NAME_LENGTH} characters.", field=name)
    return text.strip()


def notes_of(text: str) -> str:
    if len(text) > NOTES_LENGTH:
        raise UnacceptableRun(f"Notes have at most {NOTES_LENGTH} characters.", field="notes")
    if UNSTORABLE.search(text):
        raise UnacceptableRun("Notes hold a character that cannot be stored. Remove it.", field="notes")
    return text.replace("\r\n", "\n").strip()


def _seed(seed: int | None) -> int | None:
    if seed is not None and seed not in INT64:
        raise UnacceptableRun("A seed is a whole number of 64 bits.", field="seed")
    return seed
