"""Writing, with and without scripts."""

import json
from collections.abc import Callable

import pytest
from django.test import Client

from accounts.actor import Actor
from accounts.models import User
from reports.actions.report import save_draft
from reports.models import Report, Version
from tests.factories.reports import CHART, SOURCE, publish, stored
from tracking.models import Project

ClientOf = Callable[[User], Client]
REPORTS = "/meridian/digits/reports"
JSON = {"Accept": "application/json"}
PART = {"HX-Request": "true"}


def address(report: Report, verb: str) -> str:
    return f"{REPORTS}/{report.uid}/{verb}"


def test_a_new_report_begins_with_a_text_and_opens_its_editor(client_of: ClientOf, project: Project, bob: User) -> None:
    answer = client_of(bob).post(f"{REPORTS}/new", {"title": "Does <it> help?", "start": "experiment"})
    report = Report.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, address(report, "edit"))
    assert report.draft.startswith("# Does <it> help?\nOne or two sentences")
    assert "\nid: " in report.draft


@pytest.mark.parametrize("words", [{"title": "", "start": "empty"}, {"title": "x", "start": "nonsense"}, {"title": "x" * 201}])
def test_a_new_report_needs_a_title_and_a_start(
    client_of: ClientOf, project: Project, bob: User, words: dict[str, str]
) -> None:
    assert client_of(bob).post(f"{REPORTS}/new", words).status_code == 422
    assert not Report.objects.exists()


def test_every_start_can_be_drawn(client_of: ClientOf, project: Project, bob: User) -> None:
    browser = client_of(bob)
    for start in ("experiment", "ablation", "weekly", "post-mortem", "empty"):
        answer = browser.post(f"{REPORTS}/new", {"title": start, "start": start}, follow=True)
        assert answer.status_code == 200
        assert 'class="error"' not in answer.content.decode()


def test_the_editor_works_without_scripts(client_of: ClientOf, report: Report, bob: User) -> None:
    browser = client_of(bob)
    page = browser.get(address(report, "edit")).content.decode()
    assert f'formaction="{address(report, "preview")}"' in page
    assert f'formaction="{address(report, "publish")}"' in page
    saved = browser.post(address(report, "edit"), {"source": "# New\r\n\r\ntext\r\n", "base": "1"})
    assert (saved.status_code, saved["Location"]) == (302, address(report, "edit"))
    assert (stored(report).draft, stored(report).draft_revision) == ("# New\n\ntext\n", 2)


def test_the_text_comes_back_as_it_was_typed(client_of: ClientOf, report: Report, bob: User) -> None:
    """Also an empty first line, which a browser drops from a textarea, and what looks like the end of it."""
    text = "\n\n  </textarea><script>alert(1)</script> & &amp; \n"
    save_draft(by=Actor(bob), report=report, source=text, base=1)
    page = client_of(bob).get(address(report, "edit")).content.decode()
    shown = page.partition('<textarea class="source-text"')[2].partition(">\n")[2].partition("</textarea>")[0]
    assert shown == "\n\n  &lt;/textarea&gt;&lt;script&gt;alert(1)&lt;/script&gt; &amp; &amp;amp; \n"


def test_a_preview_is_a_part_for_htmx_and_the_whole_editor_without(client_of: ClientOf, report: Report, bob: User) -> None:
    browser = client_of(bob)
    words = {"source": f"# Unsaved <b>\n\ntext\n\n{CHART}", "base": "1"}
    part = browser.post(address(report, "preview"), words, headers=PART).content.decode()
    assert part.startswith("<h1>Unsaved &lt;b&gt;</h1>")
    assert "<html" not in part
    assert 'hx-preserve="true"' in part
    whole = browser.post(address(report, "preview"), words).content.decode()
    assert "# Unsaved &lt;b&gt;" in whole
    assert stored(report).draft == SOURCE


def test_autosave_answers_with_what_it_stored(client_of: ClientOf, report: Report, bob: User) -> None:
    words = {"source": "# T\n\n```chart\nruns: a\ny: b\n```\n", "base": "1"}
    answer = client_of(bob).post(address(report, "edit"), words, headers=JSON)
    said = json.loads(answer.content)
    assert (said["revision"], said["sent"], said["source"]) == (2, words["source"], stored(report).draft)
    assert "id: " in said["source"]


def test_a_conflict_shows_both_texts_and_changes_nothing(client_of: ClientOf, report: Report, alice: User, bob: User) -> None:
    save_draft(by=Actor(alice), report=report, source="# Alice's text", base=1)
    answer = client_of(bob).post(address(report, "edit"), {"source": "# Bob's text", "base": "1"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "# Alice&#x27;s text" in page
    assert "# Bob&#x27;s text" in page
    assert stored(report).draft == "# Alice's text"
    script = client_of(bob).post(address(report, "edit"), {"source": "# Bob's", "base": "1"}, headers=JSON)
    assert (script.status_code, json.loads(script.content)["error"]["code"]) == (409, "draft_conflict")


def test_the_conflict_page_saves_mine_and_keeps_theirs(client_of: ClientOf, report: Report, alice: User, bob: User) -> None:
    save_draft(by=Actor(alice), report=report, source="# Alice's", base=1)
    browser = client_of(bob)
    browser.post(address(report, "edit"), {"source": "# Bob's", "base": "2", "over": "1"})
    assert (stored(report).draft, report.set_aside.get().text) == ("# Bob's", "# Alice's")
    assert "Take it back" in browser.get(address(report, "edit")).content.decode()
    browser.post(address(report, "take-back"))
    assert stored(report).draft == "# Alice's"


def test_the_history_lists_what_was_set_aside_and_takes_any_back(
    client_of: ClientOf, report: Report, alice: User, bob: User
) -> None:
    for text, by, base in (("# First <b>", alice, 1), ("# Second", bob, 2), ("# Third", bob, 3)):
        save_draft(by=Actor(by), report=report, source=text, base=base, over=True)
    browser = client_of(bob)
    page = browser.get(address(report, "history")).content.decode()
    assert page.index("Second") < page.index("First &lt;b&gt;") < page.index("Does a longer warm-up help?")
    assert "Alice Abel" in page
    first = report.set_aside.get(text="# First <b>")
    answer = browser.post(address(report, "take-back"), {"number": first.number})
    assert (answer.status_code, stored(report).draft) == (302, "# First <b>")
    page = browser.get(address(report, "history")).content.decode()
    assert "First &lt;b&gt;" not in page.partition('id="set-aside"')[2]
    assert "Third" in page
    assert browser.post(address(report, "take-back"), {"number": "x"}).status_code == 404


def test_what_was_set_aside_is_not_offered_for_ever(client_of: ClientOf, report: Report, bob: User) -> None:
    save_draft(by=Actor(bob), report=report, source="# Mine", base=1, over=True)
    assert "Take it back" in client_of(bob).get(address(report, "edit")).content.decode()
    publish(report, bob)
    assert "Take it back" not in client_of(bob).get(address(report, "edit")).content.decode()


def test_publishing_saves_and_leads_to_the_page(client_of: ClientOf, report: Report, bob: User) -> None:
    answer = client_of(bob).post(address(report, "publish"), {"source": "# Now", "base": "1", "message": "m"})
    assert (answer.status_code, answer["Location"]) == (302, f"{REPORTS}/{report.uid}")
    version = Version.objects.get()
    assert (version.markdown, version.message, version.published_by) == ("# Now", "m", bob)


def test_a_block_that_cannot_be_drawn_is_listed_and_the_text_is_saved(client_of: ClientOf, report: Report, bob: User) -> None:
    source = "# T\n\n```chart\nid: c9p1\nruns: a\nyy: b\n```\n"
    answer = client_of(bob).post(address(report, "publish"), {"source": source, "base": "1"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Nothing is published: 1 block cannot be drawn." in page
    assert "Chart c9p1, line 3: “yy” is not a setting of a line chart." in page
    assert 'data-line="6"' in page
    assert stored(report).draft == source
    assert not Version.objects.exists()


def test_publishing_over_an_unseen_draft_is_a_conflict(client_of: ClientOf, report: Report, alice: User, bob: User) -> None:
    save_draft(by=Actor(alice), report=report, source="# Alice's", base=1)
    answer = client_of(bob).post(address(report, "publish"), {"source": "# Bob's", "base": "1"})
    assert answer.status_code == 409
    assert "# Bob&#x27;s" in answer.content.decode()
    assert not Version.objects.exists()


@pytest.mark.parametrize(
    "words",
    [{}, {"source": "x"}, {"source": "x", "base": "-1"}, {"source": "x", "base": "٢x"}, {"source": "a\x00b", "base": "1"}],
    ids=["nothing", "no base", "negative", "no number", "NUL"],
)
def test_bad_input_is_told_and_harms_nothing(client_of: ClientOf, report: Report, bob: User, words: dict[str, str]) -> None:
    browser = client_of(bob)
    for verb in ("edit", "publish"):
        assert browser.post(address(report, verb), words).status_code == 422
        assert browser.post(address(report, verb), words, headers=JSON).status_code == 422
    assert browser.post(address(report, "preview"), words).status_code == 200
    assert stored(report).draft == SOURCE


def test_half_a_character_never_arrives_as_such(client_of: ClientOf, report: Report, bob: User) -> None:
    """Bytes that are no UTF-8 are read as U+FFFD by Django's form parser; nothing fails, nothing unstorable is kept."""
    body = b"source=%ED%A0%80x&base=1"
    answer = client_of(bob).post(address(report, "edit"), body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 302
    assert stored(report).draft == "\ufffd\ufffd\ufffdx"


def test_a_poisonous_report_can_be_opened_and_mended(client_of: ClientOf, report: Report, bob: User) -> None:
    poison = "1. " * 5_000  # stored by an older Lablore; today it is refused
    Report.objects.filter(pk=report.pk).update(draft=poison)
    browser = client_of(bob)
    refused = browser.post(address(report, "edit"), {"source": poison, "base": "1"})
    assert (refused.status_code, b"5,000 signs of lists on one line; at most 40" in refused.content) == (422, True)
    assert "5,000 signs of lists on one line; at most 40" in browser.get(f"{REPORTS}/{report.uid}").content.decode()
    assert browser.get(address(report, "edit")).status_code == 200
    assert browser.post(address(report, "edit"), {"source": "# Fine", "base": "1"}).status_code == 302
