"""The demo from its runs to its last comment, through the actions that people use."""

from pathlib import Path

import pytest

from accounts.models import ApiKey, Membership, Team, User
from reports.models import Comment, Report, Version
from stack.demo.people import open_lab, trainer_key
from stack.demo.report import TITLE
from stack.demo.results import left_over, results_in, trained_runs
from stack.demo.story import Story, set_aside
from stack.demo.study import PROJECT, TAG, Planned, planned_runs
from tests.factories.tracking import log_metrics, make_project, make_run
from tracking.actions.bin import bin_run
from tracking.models import Project, Run, Tag

pytestmark = pytest.mark.django_db


def train(project: Project, planned: Planned, *, end: str = "finished", summary: dict[str, float] | None = None) -> Run:
    """A run as the trainer leaves it."""
    setting = planned.setting
    run = make_run(
        project,
        open_lab().bek.user,
        planned.name,
        group=setting.group,
        seed=planned.seed,
        tags=(TAG,),
        config={"lr": setting.lr},
    )
    log_metrics(
        run,
        {"val/loss": [2.3, 0.5], "train/loss": [2.3, 0.4], "val/acc": [0.1, 0.9]},
        summary=summary or {},
        finish={"state": end, "exit_code": 0 if end == "finished" else 1, "reason": None},
    )
    return run


@pytest.fixture
def study() -> Project:
    """All runs, trained: SGD at the high rate diverges, Adam there is saved by warm-up."""
    lab = open_lab()
    project = make_project(lab.team, lab.ana.user, PROJECT)
    for planned in planned_runs():
        setting = planned.setting
        if setting.group == "sgd-0.15":
            train(project, planned, end="failed", summary={"diverged_at": 200 + planned.seed})
        else:
            stuck = setting.group == "adam-0.015" and not setting.warmup
            final = 2.28 if stuck else 0.1 + planned.seed / 100
            train(project, planned, summary={"best": final, "final": final})
    return project


def play(tmp_path: Path) -> list[str]:
    said: list[str] = []
    assert Story("http://127.0.0.1:1", tmp_path, said.append).play()
    return said


def counted() -> list[int]:
    return [model.objects.count() for model in (User, Membership, Team, ApiKey, Project, Run, Tag, Report, Version, Comment)]


def test_four_people_of_four_roles_without_a_password() -> None:
    lab = open_lab()
    roles = dict(lab.team.members.values_list("email", "memberships__role"))
    assert roles == {
        "ana@meridian.example": "owner",
        "bek@meridian.example": "member",
        "chi@meridian.example": "commenter",
        "dana@meridian.example": "viewer",
    }
    assert not any(person.has_usable_password() for person in User.objects.all())


def test_what_the_runs_show_is_published_discussed_and_tagged(study: Project, tmp_path: Path) -> None:
    assert play(tmp_path) == ["the report is published", "the demo is complete"]
    version = Version.objects.get()
    assert (version.title, version.number, version.published_by.name) == (TITLE, 1, "Ana Kovač")
    assert "three of three seeds diverged, at step 201, 202 and 203" in version.markdown
    assert "With Adam none of three seeds learns without a ramp and three with one." in version.markdown
    assert [len(chart.runs) for chart in version.charts.order_by("pk")] == [6, 6, 18]
    assert study.runs.filter(tags__name="diverged").count() == 6
    assert study.runs.filter(tags__name="promising").count() == 2
    assert set(Comment.objects.values_list("author__name", flat=True)) == {"Ana Kovač", "Bek Tursunov", "Chi Nguyen"}
    assert Comment.objects.filter(run__isnull=False).count() == 2


def test_playing_it_again_changes_nothing(study: Project, tmp_path: Path) -> None:
    play(tmp_path)
    before = counted()
    assert play(tmp_path) == ["the demo is complete"]
    assert counted() == before


def test_after_runs_of_it_were_deleted_it_changes_nothing(study: Project, tmp_path: Path) -> None:
    play(tmp_path)
    lab = open_lab()
    for run in study.runs.all():
        bin_run(by=lab.ana, run=run)
    before = counted()
    assert play(tmp_path) == ["the demo is complete"]
    assert counted() == before


def test_what_somebody_wrote_meanwhile_stays(study: Project, tmp_path: Path) -> None:
    lab = open_lab()
    theirs = Report.objects.create(
        project=study, title=TITLE, draft=f"# {TITLE}\n\nMine.", draft_revision=2, owner=lab.ana.user, saved_by=lab.ana.user
    )
    play(tmp_path)
    theirs.refresh_from_db()
    assert theirs.draft == f"# {TITLE}\n\nMine."
    assert Version.objects.get().report_id != theirs.pk


def test_an_interrupted_run_is_set_aside_and_trained_again() -> None:
    lab = open_lab()
    project = make_project(lab.team, lab.ana.user, PROJECT)
    first, second, third = planned_runs()[:3]
    done = train(project, first, summary={"best": 0.2, "final": 0.2})
    broken = train(project, second, end="killed")
    running = make_run(project, lab.bek.user, third.name, tags=(TAG,))
    assert {run.pk for run in left_over(project)} == {broken.pk, running.pk}

    set_aside(lab, project)
    assert set(trained_runs(project)) == {done.name}
    assert [tag.name for tag in broken.tags.all()] == [tag.name for tag in running.tags.all()] == ["interrupted"]
    assert not results_in(project).whole


def test_an_earlier_key_of_the_trainers_ends() -> None:
    lab = open_lab()
    first, _ = trainer_key(lab.bek, lab.team)
    second, _ = trainer_key(lab.bek, lab.team)
    first.refresh_from_db()
    assert first.revoked_at is not None
    assert second.revoked_at is None
    assert second.scopes == ["log"]


def test_every_run_of_the_plan_has_a_name_of_its_own() -> None:
    plan = planned_runs()
    assert len({planned.name for planned in plan}) == len(plan) == 24
