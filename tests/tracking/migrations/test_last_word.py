"""Runs from before there were last words go on as if there always had been."""

from typing import Any

import pytest
from django.db import connection

from accounts.models import User
from tests.factories.migrated import as_before
from tests.factories.batch import batch_of
from tests.factories.tracking import make_run
from tracking.ingest.accept import accept_batch
from tracking.models import Extent, LastWord, Project, Run, Uncopied

def all_words() -> tuple[list[Any], list[Any]]:
    return sorted(LastWord.objects.values_list()), sorted(Extent.objects.values_list(), key=str)


@pytest.mark.django_db(transaction=True)
def test_what_runs_said_before_is_known_after(project: Project, bob: User) -> None:
    run = make_run(project, bob, config={"lr": 0.1, "net": {"depth": 2}, "ü": [1e308]})
    said = {
        ("b", 1): [(9_000, "config", {"lr": 0.3}), (9_000, "tags", {"add": ["x", "y"], "remove": ["y"]})],
        ("a", 7): [(9_000, "config", {"lr": 0.2}), (4_000, "summary", {"best": 1}), (5_000, "tags", {"remove": ["x"]})],
        ("a", 2): [(1, "config", {"lr": "a text that takes more room"}), (9_500, "summary", {"best": None})],
        **{("c", seq): [(9, "config", {f"more{seq}{i}": "x" * 250_000}) for i in range(6)] for seq in range(3)},
        ("d", 0): [(1_000, "config", {"z": 1})],
    }
    for (writer, seq), updates in said.items():
        assert accept_batch(run, writer, seq, codec="", body=batch_of(updates=updates)).refused == 0
    live, config = all_words(), Run.objects.get(pk=run.pk).config
    assert "more25" not in config
    with as_before("tracking", "0007_run_by_name"), connection.cursor() as cursor:  # as it was without a bound
        cursor.execute("""UPDATE tracking_run SET config = config || '{"z": 1}'""")
    assert all_words() == live
    assert Run.objects.get(pk=run.pk).config == config
    assert set(Uncopied.objects.values_list("kind", flat=True)) == {"config", "metric"}
