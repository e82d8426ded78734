"""The bin: runs that were deleted and can be restored, and those that are to be removed for ever."""

from dataclasses import dataclass

from tracking.limits import BIN_SHOWN, PURGES_AT_ONCE
from tracking.models import BinnedRun, Project, Run


@dataclass(frozen=True, slots=True)
class Bin:
    """The newest runs in it, and how many there are in all."""

    runs: tuple[Run, ...]
    total: int


def bin_of(project: Project, most: int = BIN_SHOWN) -> Bin:
    """What was deleted last comes first."""
    runs = BinnedRun.objects.filter(project=project)
    newest = runs.select_related("binned_by").order_by("-binned_at", "-id")[:most]
    return Bin(runs=tuple(newest), total=runs.count())


def in_bin(project: Project, uid: str) -> Run | None:
    """The project's run with this uid, if it is in the bin."""
    return BinnedRun.objects.filter(project=project, uid=uid).first() if "\0" not in uid else None


def runs_condemned(most: int = PURGES_AT_ONCE) -> list[int]:
    """Ids of runs that are to be removed for ever, the longest waiting first, at most `most`."""
    waiting = Run.everything.filter(condemned_at__isnull=False).order_by("condemned_at")
    return list(waiting.values_list("pk", flat=True)[:most])
