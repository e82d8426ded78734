"""Nothing that a person writes runs, loads, covers the page or speaks for it (promise S7, test T19)."""

import re
from html.parser import HTMLParser

import pytest

from reports.rendering.parts import Html
from reports.rendering.sanitize import ATTRIBUTES, CLASSES, TAGS, clean, is_link
from reports.rendering.slots import Slots
from tests.reports.rendering.draw import RUN, drawn, page_of
from tests.reports.rendering.hostile import HTML, MARKDOWN

TOKEN = "slot0123456789abcdef0123456789abcdef"


class Elements(HTMLParser):
    """Every start tag with its attributes, as a browser's tokenizer would see them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.comments = 0
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))

    def handle_comment(self, data: str) -> None:
        self.comments += 1


def assert_harmless(html: str) -> None:
    """By an own list, not by the sanitiser's: tags, attributes, addresses, classes and ids."""
    parsed = Elements(html)
    assert parsed.comments == 0
    for tag, attributes in parsed.seen:
        assert tag in TAGS, tag
        for name, value in attributes.items():
            assert name in {*ATTRIBUTES["*"], *ATTRIBUTES.get(tag, ()), "rel"}, (tag, name)
            if name == "href":
                assert re.match(r"https?://[^/\\]|mailto:|#|/[^/\\]|/$|\?|[^\s:/\\?#]+([/?#]|$)", value or ""), value
            elif name == "src":
                assert re.fullmatch(r"/\w+/\w+/runs/\w{16}/media/[0-9a-f]{64}\.png", value or ""), value
            elif name == "class":
                assert set((value or "").split()) <= CLASSES, value
            elif name == "id":
                assert re.match(r"(h|fn|fnref\d*)-", value or ""), value
            elif name == "tabindex":
                assert value == "0"


def shape(html: str) -> str:
    """The HTML with the attributes of each tag in alphabetical order: nh3 writes them in any order."""
    return re.sub(r"<(\w+) ([^>]*)>", lambda tag: f"<{tag[1]} {' '.join(sorted(tag[2].split()))}>", html)


def test_the_collection_is_large_enough() -> None:
    assert len(set(MARKDOWN)) >= 100


@pytest.mark.parametrize("source", MARKDOWN)
def test_hostile_markdown_becomes_harmless(source: str) -> None:
    rendered = drawn(f"# T\n\n{source}\n\nafter")
    for part in rendered.parts:
        if isinstance(part, Html):
            assert_harmless(part.text)


@pytest.mark.parametrize("source", MARKDOWN)
def test_the_page_made_of_it_has_no_tag_or_handler_of_theirs(source: str) -> None:
    """The whole page part, with our own figures, chips and errors in it."""
    for tag, attributes in Elements(page_of(source, edit_url="/m/d/reports/x/edit")).seen:
        assert tag not in {"script", "style", "iframe", "object", "embed", "base", "meta", "link", "form", "template", "math"}
        assert not [name for name in attributes if name.startswith("on") or name in {"style", "srcdoc", "formaction"}]
        assert not (attributes.get("href") or "").lower().lstrip().startswith(("javascript", "data", "vbscript", "//"))


@pytest.mark.parametrize("source", HTML)
def test_hostile_html_is_cleaned_and_stays_clean(source: str) -> None:
    once = clean(source, TOKEN)
    assert_harmless(once)
    assert shape(clean(once, TOKEN)) == shape(once)


@pytest.mark.parametrize("source", MARKDOWN)
def test_what_was_cleaned_is_cleaned_to_itself(source: str) -> None:
    once = "".join(part.text for part in drawn(source).parts if isinstance(part, Html))
    assert shape(clean(once, TOKEN)) == shape(once)


def test_a_slot_written_by_hand_gains_nothing() -> None:
    """A person who saw the token of one render writes it into the next."""
    old = Slots().token
    html = page_of(f'<div data-slot="{old}-0"></div>\n\n{old}-0\n\n{{run:{RUN.name}}}')
    assert html.count('class="run"') == 1
    assert f"{old}-0" in html
    assert "data-slot" not in re.sub(r"&lt;.*?&gt;", "", html)
    assert clean(f'<div data-slot="{old}-0"></div>', Slots().token) == "<div></div>"


def test_slots_of_this_render_pass() -> None:
    assert clean(f'<div data-slot="{TOKEN}-7"></div>', TOKEN) == f'<div data-slot="{TOKEN}-7"></div>'


def test_a_figure_written_by_hand_is_text() -> None:
    html = page_of('<figure class="chart" data-chart="line" data-frame="https://evil.example"></figure>')
    assert "<figure" not in html


@pytest.mark.parametrize(
    "href", ["https://a.example/x", "http://a.example", "mailto:a@b.example", "/team/x", "#h-x", "?q=1", "page", "a/b", "../x"]
)
def test_links_that_are_kept(href: str) -> None:
    assert is_link(href)


@pytest.mark.parametrize(
    "href",
    [
        *(
            "javascript:alert(1)",
            " javascript:x",
            "data:x",
            "//evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "https:\\\\x",
        ),
        *("ftp://a.example", "blob:x", "file:///x", "https:///evil.example", "java\nscript:x", "x:y", "", "tel:1"),
    ],
)
def test_links_that_are_not(href: str) -> None:
    assert not is_link(href)
