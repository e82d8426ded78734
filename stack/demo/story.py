"""The demo from the first person to the last comment. Each part is skipped when it is there, so it goes on where it stopped."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction

from accounts.actions.api_key import revoke_api_key
from reports.actions.report import create_report, save_draft
from reports.actions.version import publish_report
from reports.models import Report
from stack.demo.people import Lab, open_lab, trainer_key
from stack.demo.report import TITLE, plan_text, report_text
from stack.demo.results import Results, left_over, results_in, still_running, trained_runs
from stack.demo.study import PROJECT, TAG, Planned, planned_runs
from stack.demo.talk import INTERRUPTED, discuss, tag_results
from stack.demo.training import Place, train_all, words_of
from stack.demo.wording import loss
from tracking.actions.project import create_project
from tracking.actions.tag import tag_runs, untag_runs
from tracking.models import Project

DELIVERY = 60.0  # seconds to wait for the last records of trainers that have ended


@dataclass(frozen=True, slots=True)
class Story:
    """`host`: the running site; `folder`: where trainers keep their records; `say`: prints one line of progress."""

    host: str
    folder: Path
    say: Callable[[str], None]

    def play(self) -> bool:
        """Do what is missing; whether the demo is whole then."""
        lab = open_lab()
        project = self._project(lab)
        if published(project) is None:
            self._train(lab, project)
            results = results_in(project)
            if not results.whole:
                self.say(f"{len(planned_runs()) - len(results.runs)} runs are missing; `manage.py demo` tries them again")
                return False
            self._publish(lab, project, results)
        if (report := published(project)) is not None:
            results = results_in(project)
            if results.whole:  # else somebody deleted runs of it since
                tag_results(lab, project, results)
                discuss(lab, project, report, results)
        self.say("the demo is complete")
        return True

    def _project(self, lab: Lab) -> Project:
        found = Project.objects.filter(team=lab.team, slug=PROJECT).first()
        return found or create_project(by=lab.ana, team=lab.team, slug=PROJECT, name="Digits")

    def _train(self, lab: Lab, project: Project) -> None:
        """Train what is missing, with the plan up as a draft meanwhile."""
        if not Report.objects.filter(project=project, title=TITLE).exists():
            create_report(by=lab.ana, project=project, source=plan_text())
        set_aside(lab, project)
        done = set(trained_runs(project))
        todo = [run for run in planned_runs() if run.name not in done]
        if not todo:
            return
        key, text = trainer_key(lab.bek, lab.team)
        place = Place(self.host, text, self.folder)
        self.say(f"training {len(todo)} real runs, two at a time; some minutes. The pages are open meanwhile")
        try:
            train_all(todo, place, self._teller(project, place, len(done)))
            self._await_delivery(project)
        finally:
            revoke_api_key(by=lab.bek, key=key)

    def _teller(self, project: Project, place: Place, done: int) -> Callable[[Planned, int], None]:
        ended = [done]

        def tell(run: Planned, code: int) -> None:
            trained = trained_runs(project).get(run.name)
            if trained is None:
                last = words_of(run, place).strip().rpartition("\n")[2]
                self.say(f"{run.name} ended with exit code {code}: {last}")
                return
            ended[0] += 1
            how = f"diverged at step {trained.diverged_at}" if trained.final is None else f"val/loss {loss(trained.final)}"
            self.say(f"{ended[0]} of {len(planned_runs())} runs trained ({run.name}: {how})")

        return tell

    def _await_delivery(self, project: Project) -> None:
        deadline = time.monotonic() + DELIVERY
        while still_running(project) and time.monotonic() < deadline:
            time.sleep(0.5)

    def _publish(self, lab: Lab, project: Project, results: Results) -> None:
        """Ana's draft becomes the report; when somebody has written in it meanwhile, theirs stays and hers is a new one."""
        text = report_text(results)
        with transaction.atomic():
            report = Report.objects.filter(project=project, title=TITLE, draft_revision=1).first()
            if report is None:
                report = create_report(by=lab.ana, project=project, source=text)
            else:
                report = save_draft(by=lab.ana, report=report, source=text, base=1)
            publish_report(by=lab.ana, report=report, base=report.draft_revision, message="First version, all runs in")
        self.say("the report is published")


def set_aside(lab: Lab, project: Project) -> None:
    """Take what an interrupted demo left out of the study: it stays on the list, under a tag of its own."""
    if left := left_over(project):
        untag_runs(by=lab.bek, project=project, runs=left, names=[TAG])
        tag_runs(by=lab.bek, project=project, runs=left, names=[INTERRUPTED])


def published(project: Project) -> Report | None:
    """The report, once it has a version."""
    return Report.objects.filter(project=project, title=TITLE, versions__number=1).first()
