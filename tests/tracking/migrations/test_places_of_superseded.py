"""Superseded values that were kept before rows had places are found by the place of their points."""

import numpy as np
import pytest
from django.db import connection

from accounts.models import User
from tests.factories.migrated import as_before
from tests.factories.batch import batch_of, line
from tests.factories.tracking import make_run
from tests.tracking.queries.test_history import columns_of
from tracking.aggregates.fold import fold_run
from tracking.columns.body import pack_body
from tracking.columns.points import Points, joined
from tracking.ingest.accept import accept_batch
from tracking.models import Project, Superseded
from tracking.queries.history import history_of
from tracking.queries.stretch import Range

@pytest.mark.django_db(transaction=True)
def test_rows_in_no_order_get_the_places_of_their_first_and_last_point(project: Project, bob: User) -> None:
    run = make_run(project, bob)
    for seq in range(3):
        for writer in ("b", "a"):
            accept_batch(run, writer, seq, codec="", body=batch_of(line("loss", [float(seq)] * 4, first_step=-2)))
    fold_run(run.pk)
    whole = history_of(run, "loss")
    assert whole is not None
    replaced = whole.points.take(whole.superseded)
    halves: list[Points] = [replaced.take(np.arange(first, 16, 2)[::-1]) for first in (0, 1)]
    with as_before("tracking", "0004_search"), connection.cursor() as cursor:
        cursor.execute("DELETE FROM tracking_superseded")
        for no, points in enumerate(halves, 1):
            row = [run.pk, no, len(points), pack_body(points)]
            cursor.execute("INSERT INTO tracking_superseded (run_id, series_no, no, n, body) VALUES (%s, 1, %s, %s, %s)", row)
    places = [(row.first_step, row.first_writer, row.first_rank) for row in Superseded.objects.order_by("no")]
    assert places == [(-2, "a", 0), (-2, "a", 2**20)]
    last = [(row.last_step, row.last_writer, row.last_rank) for row in Superseded.objects.order_by("no")]
    assert last == [(1, "b", 3), (1, "b", 2**20 + 3)]
    found = history_of(run, "loss")
    assert found is not None
    assert columns_of(found.points) == columns_of(whole.points)
    parts = [history_of(run, "loss", Range(step, step)) for step in range(-2, 2)]
    assert columns_of(joined([part.points for part in parts if part])) == columns_of(whole.points)
