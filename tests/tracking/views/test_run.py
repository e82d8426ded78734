"""The run page and what people write on it."""

from collections.abc import Callable

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from tests.factories.tracking import log_metrics, make_run
from tracking.enums import RunState
from tracking.limits import KEPT_TAGS, TAGS_PER_UPDATE
from tracking.models import Blob, Conflict, Image, Project, Run
from tracking.queries.image import image_at, latest_images

ClientOf = Callable[[User], Client]
PART = {"HX-Request": "true"}
CONFIG = {"lr": 3e-4, "model": {"dim": 8}, "commit": "e41c9d2"}
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 32


@pytest.fixture
def run(project: Project, bob: User) -> Run:
    return make_run(
        project, bob, "cosine-s2", group="cosine", seed=2, config={"lr": 3e-4, "model": {"dim": 8}, "commit": "e41c9d2"}
    )


@pytest.fixture
def address(run: Run) -> str:
    return f"/meridian/digits/runs/{run.uid}"


def log_image(run: Run, step: int, body: bytes = PNG, key: str = "confusion") -> Blob:
    blob = Blob.keep(body)
    words = {"writer": "w", "seq": step, "order": 0, "time": step, "width": 8, "height": 8}
    Image.objects.create(run=run, key=key, step=step, blob=blob, **words)
    return blob


def test_the_page_says_what_the_run_is(client_of: ClientOf, run: Run, address: str, bob: User) -> None:
    page = client_of(bob).get(address).content.decode()
    for words in ("cosine-s2", "Bob Berg", "<code>2</code>", "<code>e41c9d2</code>", "model.dim", "3e-4", "No metrics yet."):
        assert words in page
    assert f'hx-get="{address}/comments"' in page


def test_what_differs_from_the_other_runs_comes_first(
    client_of: ClientOf, run: Run, address: str, project: Project, bob: User
) -> None:
    make_run(project, bob, config={"lr": 3e-4, "model": {"dim": 16}, "commit": "e41c9d2"})
    page = client_of(bob).get(address).content.decode()
    assert page.index(">model.dim</dt>") < page.index(">lr</dt>")
    assert "1 differs from" in page


def test_what_was_left_out_is_said(client_of: ClientOf, run: Run, address: str, bob: User) -> None:
    assert "more than a run keeps" not in client_of(bob).get(address).content.decode()
    names = [f"t{i:04}" for i in range(KEPT_TAGS + 1)]
    for seq, at in enumerate(range(0, len(names), TAGS_PER_UPDATE)):
        log_metrics(run, {}, seq=seq, tags={"remove": names[at : at + TAGS_PER_UPDATE]})
    said = "It said more than a run keeps: of its tags what comes first by name is here."
    assert said in client_of(bob).get(address).content.decode()


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (RunState.FAILED, "The trainer failed with exit code 1"),
        (RunState.LOST, "Lost: not heard of since"),
        (RunState.KILLED, "The trainer was killed, exit code 1"),
    ],
)
def test_a_bad_end_is_said_with_its_reason(
    client_of: ClientOf, run: Run, address: str, bob: User, state: RunState, words: str
) -> None:
    Run.objects.update(state=state, exit_code=1, end_reason="CUDA out of memory")
    page = client_of(bob).get(address).content.decode()
    assert words in page
    assert ("CUDA out of memory" in page) == (state != RunState.LOST)


def test_records_that_are_missing_are_said_plainly(client_of: ClientOf, run: Run, address: str, bob: User) -> None:
    Run.objects.update(lost_records=3, rejected_records=1)
    page = client_of(bob).get(address).content.decode()
    assert "3 records could not be kept on the machine that trained" in page
    assert "1 record arrived and was refused" in page


def test_batches_that_contradict_each_other_are_said(client_of: ClientOf, run: Run, address: str, bob: User) -> None:
    words = "came under a known name with other content"
    assert words not in client_of(bob).get(address).content.decode()
    Conflict.objects.create(run=run, writer="w", seq=0, digest=b"a", body=b"")
    assert f"1 batch {words} and was not applied" in client_of(bob).get(address).content.decode()
    Conflict.objects.create(run=run, writer="w", seq=1, digest=b"a", body=b"")
    assert f"2 batches {words} and were not applied" in client_of(bob).get(address).content.decode()


def test_notes_are_written_in_place(client_of: ClientOf, run: Run, address: str, bob: User) -> None:
    bobs = client_of(bob)
    assert "<textarea" in bobs.get(f"{address}/notes", headers=PART).content.decode()
    saved = bobs.post(f"{address}/notes", {"notes": "only the seed\r\n<b>"}, headers=PART).content.decode()
    assert "only the seed<br>&lt;b&gt;" in saved
    run.refresh_from_db()
    assert run.notes == "only the seed\n<b>"
    assert bobs.post(f"{address}/notes", {"notes": "x"}).status_code == 302


def test_notes_that_are_too_long_come_back_with_the_reason(client_of: ClientOf, run: Run, address: str, bob: User) -> None:
    answer = client_of(bob).post(f"{address}/notes", {"notes": "x" * 20_001}, headers=PART)
    assert answer.status_code == 422
    assert "Notes have at most 20000 characters." in answer.content.decode()
    assert "x" * 20_001 in answer.content.decode()


def test_name_and_group_change_together(client_of: ClientOf, run: Run, address: str, bob: User) -> None:
    assert client_of(bob).post(f"{address}/name", {"name": "new", "group": ""}).status_code == 302
    run.refresh_from_db()
    assert (run.name, run.group) == ("new", "")
    refused = client_of(bob).post(f"{address}/name", {"name": " ", "group": "g"})
    assert refused.status_code == 422
    assert "A run needs a name." in refused.content.decode()


def test_tags_are_put_on_and_taken_off(client_of: ClientOf, run: Run, address: str, commenter: User) -> None:
    coras = client_of(commenter)
    added = coras.post(f"{address}/tags", {"add": " promising "}, headers=PART).content.decode()
    assert 'value="promising"' in added
    assert list(run.tags.values_list("name", flat=True)) == ["promising"]
    coras.post(f"{address}/tags", {"remove": "promising"}, headers=PART)
    assert run.tags.count() == 0
    run.heartbeat.refresh_from_db()
    assert run.heartbeat.revision == 2
    assert coras.post(f"{address}/tags", {"add": "x" * 65}, headers=PART).status_code == 422


def test_a_viewer_reads_and_changes_nothing(client_of: ClientOf, run: Run, address: str, viewer: User) -> None:
    veras = client_of(viewer)
    page = veras.get(address).content.decode()
    for control in ("Rename", "Add tag", "Write what this run was for"):
        assert control not in page
    for part in ("notes", "name", "tags"):
        assert veras.post(f"{address}/{part}", {"add": "x", "name": "x", "notes": "x"}).status_code == 403


def test_a_stranger_cannot_tell_the_run_from_none(client_of: ClientOf, run: Run, address: str, charlie: User) -> None:
    charlies = client_of(charlie)
    for part in ("", "/frame?key=a", "/history.csv", "/notes", f"/media/{'0' * 64}.png", "/images?key=a"):
        theirs, absent = charlies.get(address + part), charlies.get(f"/meridian/digits/runs/zzzzzzzzzzzzzzzz{part}")
        assert theirs.status_code == absent.status_code == 404


def test_images_step_by_step(client_of: ClientOf, run: Run, address: str, bob: User) -> None:
    for step in (0, 10, 20):
        log_image(run, step, PNG + bytes([step]))
    bobs = client_of(bob)
    assert "step 20" in bobs.get(address).content.decode()
    part = bobs.get(f"{address}/images?key=confusion&step=10", headers=PART).content.decode()
    assert "step 10" in part
    assert "step=0" in part
    assert "step=20" in part


def test_image_bytes_are_an_image_and_nothing_else(
    client_of: ClientOf, run: Run, address: str, project: Project, bob: User
) -> None:
    mine = log_image(run, 1, b"<script>alert(1)</script>")
    other = log_image(make_run(project, bob), 1, PNG + b"other")
    answer = client_of(bob).get(f"{address}/media/{mine.digest}.png")
    assert answer.content == b"<script>alert(1)</script>"
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("image/png", "nosniff")
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["Cache-Control"].startswith("private, max-age=")
    for digest in (other.digest, "0" * 64, "x", mine.digest.upper()):
        assert client_of(bob).get(f"{address}/media/{digest}.png").status_code == 404


@pytest.mark.parametrize(("keys", "steps"), [(1, 1), (1, 3), (3, 3)])
def test_the_page_costs_the_same_with_more_images(
    client_of: ClientOf,
    run: Run,
    address: str,
    bob: User,
    keys: int,
    steps: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(keys):
        for step in range(steps):
            log_image(run, number * steps + step, key=f"key {number}")
    bobs = client_of(bob)
    with django_assert_num_queries(23):
        page = bobs.get(address).content.decode()
    assert page.count('<h2 id="images-title">Images</h2>') == 1
    assert [shown.key for shown in latest_images(run)] == [f"key {number}" for number in range(keys)]
    for shown in latest_images(run):
        assert shown == image_at(run, shown.key, None)


def test_a_page_that_is_open_hears_of_newer_images_and_figures(client_of: ClientOf, run: Run, address: str, bob: User) -> None:
    log_image(run, 10)
    bobs = client_of(bob)
    assert f'hx-get="{address}/images?key=confusion&amp;have=10"' in bobs.get(address).content.decode()
    assert bobs.get(f"{address}/images?key=confusion&have=10", headers=PART).status_code == 204
    log_image(run, 20)
    assert "step 20" in bobs.get(f"{address}/images?key=confusion&have=10", headers=PART).content.decode()
    assert bobs.get(f"{address}?images=1", headers=PART).status_code == 204
    log_image(run, 21, key="misread")
    assert "misread" in bobs.get(f"{address}?images=1", headers=PART).content.decode()
    log_metrics(run, {"loss": [2.0, 1.5]})
    live = bobs.get(f"{address}?live", headers=PART).content.decode()
    assert 'id="figures" hx-swap-oob="true"' in live
    assert "1.5" in live


def test_the_summary_stands_on_the_page(client_of: ClientOf, run: Run, address: str, bob: User) -> None:
    run.summary = {"best": 0.98, "test": {"acc": "NaN"}}
    run.save()
    page = client_of(bob).get(address).content.decode()
    assert "<dt>best</dt><dd><code>0.98</code></dd>" in page
    assert "<dt>test.acc</dt><dd><code>NaN</code></dd>" in page
