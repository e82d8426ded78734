"""A version keeps its text, its runs and the exact bytes of its charts, and the database itself refuses to change it."""

import hashlib
import json
import struct

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.actor import Actor
from accounts.models import User
from reports.actions.report import save_draft
from reports.actions.version import publish_report
from reports.errors import BadText, DraftConflict, Unpublishable
from reports.models import Frame, PinnedChart, Report, Version
from tests.factories.reports import CHART, SOURCE, make_report, publish
from tests.factories.tracking import log_metrics, make_run
from tracking.models import Project, Run
from tracking.queries import axis


@pytest.fixture
def run(project: Project, bob: User) -> Run:
    run = make_run(project, bob, "warm-1", tags=("warmup",), config={"warmup": 4000})
    log_metrics(run, {"val/loss": [3.5, 3.25, 3.0]})
    return run


@pytest.fixture
def report(project: Project, bob: User, run: Run) -> Report:
    return make_report(project, bob, f"{SOURCE}\nBy {{run:warm-1}} and {{run:nobody}}.\n")


def header_of(frame: bytes) -> dict[str, object]:
    (length,) = struct.unpack_from("<I", frame, 4)
    return dict(json.loads(frame[8 : 8 + length]))


def test_publishing_pins_text_runs_and_frame(report: Report, alice: User, run: Run) -> None:
    version = publish(report, alice, "the first")
    assert (version.number, version.title, version.message) == (1, "Does a longer warm-up help?", "the first")
    assert (version.markdown, version.published_by) == (report.draft, alice)
    pinned_run = {"uid": run.uid, "name": "warm-1", "state": "running", "slot": 1}
    assert version.mentions == {"warm-1": pinned_run, "nobody": None}
    (pinned,) = version.charts.all()
    assert (pinned.chart, pinned.runs, pinned.total, pinned.settings["y"]) == ("c7k2", [pinned_run], 1, "val/loss")
    body = bytes(pinned.frame.body)
    assert (body[:4], pinned.frame_id, pinned.frame.size) == (b"LLF1", hashlib.sha256(body).hexdigest(), len(body))
    (entry,) = header_of(body)["runs"]  # type: ignore[misc]
    assert (entry["uid"], entry["total"]) == (run.uid, 3)
    assert struct.pack("<3f", 3.5, 3.25, 3.0) in body


def test_a_chart_over_time_is_pinned_so(project: Project, bob: User, run: Run) -> None:
    version = publish(make_report(project, bob, SOURCE.replace("y: val/loss", "y: val/loss\nx: relative")), bob)
    pinned = version.charts.get()
    body = bytes(pinned.frame.body)
    assert (pinned.settings["x"], header_of(body)["x"]) == ("relative", "relative")
    assert struct.pack("<3d", 0, 1, 2) in body


def test_a_chart_over_time_of_too_many_points_is_not_published(
    project: Project, bob: User, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = make_report(project, bob, SOURCE.replace("y: val/loss", "y: val/loss\nx: wall"))
    monkeypatch.setattr(axis, "EXACT_POINTS", 2)
    with pytest.raises(Unpublishable) as refused:
        publish(report, bob)
    ((sentence, _),) = refused.value.problems
    assert sentence.startswith("Chart c7k2: Over another axis than the step a chart reads at most 2 points")
    assert not Version.objects.exists()


def test_versions_count_up_and_equal_frames_are_kept_once(report: Report, bob: User) -> None:
    assert [publish(report, bob).number, publish(report, bob).number] == [1, 2]
    assert (PinnedChart.objects.count(), Frame.objects.count()) == (2, 1)


def test_what_happens_to_the_run_does_not_reach_the_version(report: Report, bob: User, run: Run) -> None:
    version = publish(report, bob)
    before = bytes(version.charts.get().frame.body)
    log_metrics(run, {"val/loss": [1.0]}, seq=1, first_step=3)
    run.delete()
    again = Version.objects.get(pk=version.pk)
    assert bytes(again.charts.get().frame.body) == before
    assert again.charts.get().runs == version.charts.get().runs


def test_a_block_that_cannot_be_drawn_stops_everything_and_is_named(report: Report, bob: User) -> None:
    save_draft(by=Actor(bob), report=report, source=SOURCE + CHART.replace("c7k2", "c9p1").replace("y:", "yy:"), base=1)
    with pytest.raises(Unpublishable) as caught:
        publish(report, bob)
    ((words, line),) = caught.value.problems
    assert words.startswith("Chart c9p1, line 4: “yy” is not a setting of a line chart. Did you mean `y`?")
    assert line == 16
    assert not Version.objects.exists()
    assert not Frame.objects.exists()


def test_a_draft_saved_in_between_is_not_published(report: Report, alice: User, bob: User) -> None:
    opened = Report.objects.get(pk=report.pk)
    save_draft(by=Actor(alice), report=report, source="# Other", base=1)
    with pytest.raises(DraftConflict):
        publish_report(by=Actor(bob), report=opened, base=1)
    assert not Version.objects.exists()


def test_a_message_that_cannot_be_kept_is_refused(report: Report, bob: User) -> None:
    for message in ("a\x00b", "x" * 501):
        with pytest.raises(BadText):
            publish(report, bob, message)


def at_commit(sql: str) -> None:
    """Run it, and what the database checks at the end of the transaction."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("UPDATE reports_version SET markdown = 'x'", "A version is published and cannot be changed"),
        ("UPDATE reports_version SET number = 9", "A version is published and cannot be changed"),
        ("UPDATE reports_version SET published_at = now()", "A version is published and cannot be changed"),
        ("UPDATE reports_pinnedchart SET runs = '[]'", "A pinned chart is published and cannot be changed"),
        ("UPDATE reports_frame SET body = ''", "A frame is published and cannot be changed"),
        ("DELETE FROM reports_pinnedchart", "A pinned chart is deleted only with its version"),
        ("DELETE FROM reports_pinnedchart; DELETE FROM reports_version", "A published version is deleted only with its report"),
        ("DELETE FROM reports_frame", "violates foreign key constraint"),
    ],
)
def test_the_database_refuses_to_change_what_is_published(report: Report, bob: User, sql: str, words: str) -> None:
    publish(report, bob)
    with pytest.raises(IntegrityError, match=words):
        at_commit(sql)


def test_django_is_refused_as_well(report: Report, bob: User) -> None:
    version = publish(report, bob)
    with pytest.raises(IntegrityError, match="cannot be changed"), transaction.atomic():
        Version.objects.filter(pk=version.pk).update(message="x")


def test_a_report_goes_with_its_versions(report: Report, bob: User) -> None:
    publish(report, bob)
    report.delete()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert not Version.objects.exists()
