"""What a trainer is told whose run was there a moment ago."""

from kit.refusal import NothingHere, Refusal
from tracking.errors import RunPurged
from tracking.models import Run, Tombstone


def gone(run: Run) -> Refusal:
    """Why nothing can be added to the run any more: it was purged, or went with its project."""
    condemned = Run.everything.filter(pk=run.pk, condemned_at__isnull=False).exists()
    if condemned or Tombstone.objects.filter(uid=run.uid).exists():
        return RunPurged()
    return NothingHere("This run went with its project.")
