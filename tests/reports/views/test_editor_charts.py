"""What the editor knows of the project's metrics: starting texts, the form for a chart, charts with nothing to draw."""

import html
import re

import pytest
from django.test import Client

from accounts.models import User
from reports.models import Report, Version
from tests.factories.accounts import client_of
from tests.factories.reports import make_report, publish
from tests.factories.tracking import log_metrics, make_run
from tracking.models import Project

REPORTS = "/meridian/digits/reports"
CHART = "# T\n\n```chart\nid: c7k2\nruns: name:warm\ny: val/loss\n```\n"


@pytest.fixture
def browser(bob: User) -> Client:
    return client_of(bob)


def begun(browser: Client, start: str) -> str:
    browser.post(f"{REPORTS}/new", {"title": start, "start": start})
    return Report.objects.get(title=start).draft


def logged(project: Project, user: User, name: str, *keys: str) -> None:
    run = make_run(project, user, name, config={"lr": 0.1, "optim": {"name": "adam"}})
    log_metrics(run, {key: [2.0, 1.0] for key in keys})


def preview(browser: Client, report: Report, source: str) -> str:
    answer = browser.post(f"{REPORTS}/{report.uid}/preview", {"source": source, "base": "1"}, headers={"HX-Request": "true"})
    return re.sub(r"\s+", " ", html.unescape(answer.content.decode()))


def test_a_start_draws_a_metric_of_the_project(browser: Client, project: Project, bob: User) -> None:
    assert "\ny: val/loss\n" in begun(browser, "experiment")
    logged(project, bob, "one", "lr", "train/nll", "val/acc")
    assert "\ny: train/nll\n" in begun(browser, "ablation")
    logged(project, bob, "two", "val/loss")
    assert "\ny: val/loss\n" in begun(browser, "weekly")


def test_a_metric_of_any_name_is_written_so_that_it_reads_back(browser: Client, project: Project, bob: User) -> None:
    logged(project, bob, "one", 'a: "b" # c')
    begun(browser, "experiment")
    page = browser.get(f"{REPORTS}/{Report.objects.get().uid}/edit").content.decode()
    assert 'data-title="a: &quot;b&quot; # c"' in page


def test_a_missing_metric_is_named_with_those_there_are(browser: Client, project: Project, bob: User) -> None:
    report = make_report(project, bob)
    for name in ("warm-1", "warm-2", "warm-3"):
        logged(project, bob, name, "train/loss", "val/acc")
    part = preview(browser, report, CHART)
    assert "No run of 3 has <code>val/loss</code>. They have <code>train/loss</code>, <code>val/acc</code>." in part
    assert "1 chart has nothing to draw" in part
    assert "chart draws" not in part
    logged(project, bob, "warm-4", "val/loss")
    part = preview(browser, report, CHART)
    assert "No run of" not in part
    assert "1 chart draws" in part


def test_runs_without_a_match_or_a_metric_are_told(browser: Client, project: Project, bob: User) -> None:
    report = make_report(project, bob)
    assert "No run matches <code>name:warm</code>." in preview(browser, report, CHART)
    make_run(project, bob, "warm-1")
    part = preview(browser, report, CHART)
    assert "The one run that matches has no <code>val/loss</code>. It has no metric yet." in part


def test_the_form_for_a_chart_offers_what_the_project_has(browser: Client, project: Project, bob: User) -> None:
    logged(project, bob, "one", "lr", "train/loss", "val/loss")
    page = browser.get(f"{REPORTS}/{make_report(project, bob).uid}/edit").content.decode()
    assert 'data-setting="y" list="metrics" value="val/loss"' in page
    offered = re.findall(r'<option value="([^"]+)"></option>', page)
    assert offered == [
        *("val/loss", "lr", "train/loss"),
        *("group", "seed", "state", "job_type", "config.lr", "config.optim.name"),
    ]


def test_a_refusal_is_in_plain_words_and_goes_with_a_clean_preview(browser: Client, project: Project, bob: User) -> None:
    report = make_report(project, bob)
    broken = CHART.replace("y: val", "smoth: 1\ny: val")
    page = browser.post(f"{REPORTS}/{report.uid}/publish", {"source": broken, "base": "1"}).content.decode()
    said = html.unescape(page.partition('id="refused"')[2].partition("</ul>")[0])
    assert "Line 6</a>: Chart c7k2: “smoth” is not a setting of a line chart. Did you mean <code>smooth</code>?" in said
    assert "`" not in said
    gone = '<div id="refused" hx-swap-oob="true" hidden></div>'
    assert gone not in preview(browser, report, broken)
    assert gone in preview(browser, report, CHART)
    assert not Version.objects.exists()


def test_the_message_of_a_version_is_shown_as_that(browser: Client, project: Project, bob: User) -> None:
    report = make_report(project, bob)
    publish(report, bob, "First version, all runs in")
    page = browser.get(f"{REPORTS}/{report.uid}").content.decode()
    assert '<span class="wide" title="What changed in v1">“First version, all runs in”</span>' in page
