"""What the colleagues do with the report: tag runs, comment, answer."""

from accounts.actor import Actor
from reports.actions.comment import comment_on_report, comment_on_run, reply, resolve
from reports.models import Comment, Report
from stack.demo.people import Lab
from stack.demo.results import Results, Trained
from stack.demo.study import RATES, WARMUP
from stack.demo.wording import count, high_rows, loss
from tracking.actions.tag import tag_runs
from tracking.models import Project, Run

PROMISING, DIVERGED, INTERRUPTED = "promising", "diverged", "interrupted"


def tag_results(lab: Lab, project: Project, results: Results) -> None:
    """Bek marks what diverged; Chi, who may comment and tag but not edit, marks the best of each optimiser."""
    _tag(lab.bek, project, [run for run in results.runs if run.diverged_at is not None], DIVERGED)
    _tag(lab.chi, project, [best for optimizer in RATES if (best := _best_of(results, optimizer))], PROMISING)


def _tag(by: Actor, project: Project, trained: list[Trained], name: str) -> None:
    runs = list(Run.objects.filter(project=project, name__in=[run.name for run in trained]).exclude(tags__name=name))
    if runs:
        tag_runs(by=by, project=project, runs=runs, names=[name])


def _best_of(results: Results, optimizer: str) -> Trained | None:
    ended = [run for run in results.runs if run.setting.optimizer == optimizer and run.final is not None]
    return min(ended, key=lambda run: run.final or 0.0, default=None)


def discuss(lab: Lab, project: Project, report: Report, results: Results) -> None:
    """The threads under the report and under two runs; each is begun once."""
    charts = list(report.versions.order_by("number")[0].charts.order_by("pk").values_list("chart", flat=True))
    if not Comment.objects.filter(report=report).exists():
        _about_report(lab, report, charts, results)
    odd = _oddest(results)
    run = Run.objects.filter(project=project, name=odd.name).latest("created_at")
    if not Comment.objects.filter(run=run).exists():
        _about_run(lab, run, odd)


def _about_report(lab: Lab, report: Report, charts: list[str], results: Results) -> None:
    cold, warm = high_rows(results, "adam")
    first = comment_on_report(
        by=lab.chi,
        report=report,
        anchor=charts[0],
        body=f"Is {WARMUP} the right length, or only the one we tried?",
    )
    reply(by=lab.ana, comment=first, body="Only the one we tried. It is under Limits now. 50 and 800 would be my next two.")
    second = comment_on_report(
        by=lab.bek,
        report=report,
        anchor=charts[1],
        body="This is smoothed by 0.6, and what happens at the end is some steps wide. Worth saying how to see it raw.",
    )
    reply(by=lab.ana, comment=second, body="Turn smoothing off above the chart, or zoom in; the CSV has every point.")
    resolve(by=lab.ana, comment=second)
    spread = f"{loss(min(cold.finals, default=None))} to {loss(max(cold.finals, default=None))}"
    comment_on_report(
        by=lab.bek,
        report=report,
        body=f"I can add two more seeds of Adam by tomorrow. {count(len(cold.finals)).capitalize()} cold seeds from {spread} "
        f"against {loss(min(warm.finals, default=None))} to {loss(max(warm.finals, default=None))} is all we have.",
    )


def _about_run(lab: Lab, run: Run, odd: Trained) -> None:
    if odd.diverged_at is not None:
        words = f"It ends at step {odd.diverged_at:,}. Does grad_norm warn before that? Then clipping would have caught it."
    else:
        words = f"The worst of the runs that came to the end, {loss(odd.final)}. The confusion matrix says what it mixes up."
    thread = comment_on_run(by=lab.chi, run=run, anchor="grad_norm", body=words)
    reply(by=lab.bek, comment=thread, body="I will look, and try clipping at 1 with the same seed.")


def _oddest(results: Results) -> Trained:
    """A run that diverged, else the worst one."""
    diverged = [run for run in results.runs if run.diverged_at is not None]
    return diverged[0] if diverged else max(results.runs, key=lambda run: run.final or 0.0)
