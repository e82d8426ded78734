"""Every point of a series, bit by bit: also those that a later value of the same writer replaced."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kit.rows import one_snapshot, rows_of
from tracking.columns.body import unpack_body
from tracking.columns.groups import arrived
from tracking.columns.points import Points, arrangement_of, joined
from tracking.models import Run
from tracking.queries.stored import stored_series, waiting_of


@dataclass(frozen=True, slots=True)
class History:
    """Points by step, writer and time of arrival at the writer; `superseded` (bool, n) is true for values that do not count."""

    points: Points
    superseded: npt.NDArray[np.bool_]

    @property
    def counting(self) -> Points:
        return self.points.take(~self.superseded)


def history_of(run: Run, key: str) -> History | None:
    """The exact history of one metric; None when the run has no such series."""
    with one_snapshot():
        parts = _folded(run, key)
        new = arrived(waiting_of([run.pk]).get(run.pk, []), {key}).get(key)
    if new is not None:
        parts += [new.winners, new.superseded]
    if not parts:
        return None
    points = joined(parts)
    plan = arrangement_of(points.steps, points.writers, points.ranks)
    ordered = points if plan.order is None else points.take(plan.order)
    return History(ordered, np.zeros(len(ordered), dtype=np.bool_) if plan.winners is None else ~plan.winners)


def _folded(run: Run, key: str) -> list[Points]:
    found = stored_series([run.pk], [key])
    if not found:
        return []
    where = [run.pk, found[0].no]
    chunks = rows_of("SELECT body FROM tracking_chunk WHERE run_id = %s AND series_no = %s ORDER BY start_step", where)
    others = rows_of("SELECT body FROM tracking_superseded WHERE run_id = %s AND series_no = %s ORDER BY no", where)
    return [unpack_body(body) for (body,) in (*chunks, *others)]
