"""Reports, versions and comments for tests, made by the same actions as in the product."""

from accounts.actor import Actor
from accounts.models import Team, User
from reports.actions.comment import comment_on_report
from reports.actions.report import create_report
from reports.actions.version import publish_report
from reports.models import Report, Version
from tracking.models import Project

CHART = "```chart\nid: c7k2\nkind: line\nruns: tag:warmup\ny: val/loss\n```\n"
SOURCE = f"# Does a longer warm-up help?\nYes, up to 4,000 steps.\n\n## Curves\n\n{CHART}"


def make_report(project: Project, user: User, source: str = SOURCE) -> Report:
    return create_report(by=Actor(user), project=project, source=source)


def stored(report: Report) -> Report:
    return Report.objects.get(pk=report.pk)


def publish(report: Report, user: User, message: str = "") -> Version:
    """The next version of what is stored."""
    report.refresh_from_db()
    return publish_report(by=Actor(user), report=report, base=report.draft_revision, message=message)


def sample_words(team: Team, owner: User, words: dict[str, str]) -> dict[str, str]:
    """A published report with a chart and a comment in the project that tracking made."""
    project = Project.objects.get(team=team, slug=words["project"])
    report = make_report(project, owner)
    version = publish(report, owner)
    comment = comment_on_report(by=Actor(owner), report=report, body="Is this the same with Lion?")
    return {"report": report.uid, "number": str(version.number), "chart": "c7k2", "comment": comment.uid}
