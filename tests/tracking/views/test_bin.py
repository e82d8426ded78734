"""Deleting a run in the browser, and what stands at its address afterwards."""

from collections.abc import Callable, Iterator

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.actor import Actor
from accounts.models import User
from tests.factories.batch import batch_of, line
from tests.factories.reports import CHART, make_report, publish
from tests.factories.tracking import log_metrics, make_run
from tracking.actions.bin import bin_run, condemn_run
from tracking.aggregates.purge import purge_run
from tracking.models import Project, Run

ClientOf = Callable[[User], Client]
LIST = "/meridian/digits/runs"
BIN = "/meridian/digits/bin"


@pytest.fixture
def run(project: Project, bob: User) -> Run:
    run = make_run(project, bob, "warm-1", tags=("warmup",))
    log_metrics(run, {"val/loss": [3.5, 3.25, 3.0]})
    return run


def read(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, answer.status_code
    return answer.content.decode()


def test_deleting_asks_first_and_offers_to_take_it_back(client_of: ClientOf, run: Run, alice: User) -> None:
    browser, address = client_of(alice), f"{LIST}/{run.uid}"
    assert f'href="{address}/delete"' in read(browser, address)
    assert "can be restored from the bin" in read(browser, f"{address}/delete")
    assert Run.objects.get() == run
    answer = browser.post(f"{address}/delete", follow=True)
    assert answer.redirect_chain == [(f"{LIST}?deleted={run.uid}", 302)]
    page = answer.content.decode()
    assert f'action="{BIN}/{run.uid}/restore"' in page
    assert "warm-1</b> is in the bin until" in page
    assert not Run.objects.exists()
    assert browser.post(f"{BIN}/{run.uid}/restore").headers["Location"] == address
    assert "warm-1" in read(browser, address)
    assert "is in the bin" not in read(browser, f"{LIST}?deleted={run.uid}")


def test_the_list_offers_the_bin_and_undo_to_whom_may_delete(
    client_of: ClientOf, project: Project, run: Run, alice: User, bob: User
) -> None:
    make_run(project, bob, "other")
    bin_run(by=Actor(alice), run=run)
    for user, may in ((alice, True), (bob, False)):
        page = read(client_of(user), f"{LIST}?deleted={run.uid}")
        assert [f'href="{BIN}"' in page, "is in the bin until" in page] == [may, may]
        assert 'data-name="warm-1"' not in page
        assert "1 run</span>" in page
    assert f"/{run.uid}/delete" not in read(client_of(bob), f"{LIST}/{Run.objects.get().uid}")
    assert "is in the bin" not in read(client_of(alice), f"{LIST}?deleted=%00")


@pytest.mark.parametrize("rows", [1, 3])
def test_the_bin(
    client_of: ClientOf, project: Project, alice: User, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    browser = client_of(alice)
    assert "The bin is empty." in read(browser, BIN)
    for i in range(rows):
        bin_run(by=Actor(alice), run=make_run(project, alice, f"run-{i}"))
    with django_assert_num_queries(7):
        page = read(browser, BIN)
    assert [f">run-{i}</td>" in page for i in range(rows)] == [True] * rows
    assert page.count("Restore</button>") == rows


def test_the_end_asks_first(client_of: ClientOf, run: Run, alice: User) -> None:
    browser = client_of(alice)
    bin_run(by=Actor(alice), run=run)
    assert f'href="{BIN}/{run.uid}/purge"' in read(browser, BIN)
    assert "Nobody can take this back" in read(browser, f"{BIN}/{run.uid}/purge")
    assert browser.post(f"{BIN}/{run.uid}/purge").headers["Location"] == BIN
    assert "The bin is empty." in read(browser, BIN)
    for verb in ("restore", "purge"):
        assert browser.post(f"{BIN}/{run.uid}/{verb}").status_code == 410
    purge_run(run.pk)
    assert browser.post(f"{BIN}/{run.uid}/restore").status_code == 410


def test_a_run_in_use_is_not_in_the_bin(client_of: ClientOf, run: Run, alice: User) -> None:
    assert client_of(alice).post(f"{BIN}/{run.uid}/purge").status_code == 404
    assert Run.objects.get().condemned_at is None


def ends(run: Run, by: User) -> Iterator[tuple[int, str, str]]:
    """Deletes the run by and by; each time, what is told of it then: status, code, words of the page."""
    bin_run(by=Actor(by), run=run)
    yield 404, "run_binned", "is in the bin"
    condemn_run(by=Actor(by), run=run)
    yield 410, "run_purged", "deleted for ever"
    purge_run(run.pk)
    yield 410, "run_purged", "deleted for ever"


def test_its_address_says_what_became_of_it_to_those_who_saw_it(
    client_of: ClientOf, api_of: Callable[[str], Client], run: Run, alice: User, viewer: User, charlie: User, read_key: str
) -> None:
    nothing = read(client_of(charlie), f"{LIST}/nothing", 404)
    for status, code, words in ends(run, alice):
        for part in ("", "/frame?key=val/loss", "/history.csv", "/images", "/comments"):
            assert words in read(client_of(viewer), f"{LIST}/{run.uid}{part}", status)
        for part in ("", "/series", "/history?key=val/loss"):
            answer = api_of(read_key).get(f"/api/v1/runs/{run.uid}{part}")
            assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
        assert words not in read(client_of(charlie), f"{LIST}/{run.uid}", 404)
        assert "There is nothing at this address" in nothing


def test_a_trainer_is_told_when_it_is_final_and_not_before(
    api_of: Callable[[str], Client], run: Run, alice: User, log_key: str, stranger_key: str
) -> None:
    def send(key: str, seq: int) -> tuple[int, str]:
        body = batch_of(line("loss", [1.0], first_step=seq))
        address = f"/api/v1/runs/{run.uid}/batches/w/{seq}"
        answer = api_of(key).put(address, body, content_type="application/msgpack", headers={"content-length": str(len(body))})
        return answer.status_code, answer.json().get("error", {}).get("code", "")

    def begin(key: str) -> tuple[int, str]:
        body = {"uid": run.uid, "project": "digits"}
        answer = api_of(key).post("/api/v1/runs", body, content_type="application/json")
        return answer.status_code, answer.json().get("error", {}).get("code", "")

    def beat(key: str) -> int:
        return api_of(key).post(f"/api/v1/runs/{run.uid}/heartbeat", {}, content_type="application/json").status_code

    bin_run(by=Actor(alice), run=run)
    assert (send(log_key, 1), begin(log_key), beat(log_key)) == ((202, ""), (200, ""), 200)
    condemn_run(by=Actor(alice), run=run)
    for _ in ("condemned", "purged"):
        assert (send(log_key, 2), begin(log_key), beat(log_key)) == ((410, "run_purged"), (410, "run_purged"), 410)
        assert (send(stranger_key, 2), begin(stranger_key), beat(stranger_key)) == ((404, "not_found"), (409, "uid_taken"), 404)
        purge_run(run.pk)
    assert not Run.everything.exists()


def test_a_published_report_shows_what_it_pinned(client_of: ClientOf, run: Run, alice: User, bob: User) -> None:
    browser = client_of(alice)
    report = make_report(run.project, bob, f"# Warm-up\nIt helps.\n\nBy {{run:warm-1}}.\n\n## Curves\n\n{CHART}")
    publish(report, bob)
    address = f"/meridian/digits/reports/{report.uid}"
    assert f'href="{LIST}/{run.uid}"' in read(browser, address)
    pinned = f"{address}/v/1/charts/c7k2/frame"
    frame = browser.get(pinned).content
    assert frame.startswith(b"LLF1")
    for _ in ends(run, alice):
        page = read(browser, address)
        assert "warm-1" in page
        assert f'href="{LIST}/{run.uid}"' not in page
        assert browser.get(pinned).content == frame
        assert browser.get(f"{address}?live").status_code == 200
