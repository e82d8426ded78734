"""The last thing that touches a report's HTML: only what is listed here leaves. Nothing is rewritten after it.

Raw HTML is not read by our Markdown in the first place (markdown.py); this is the wall behind that wall. Things only the
server may draw (charts, errors, run chips, glyphs) pass as slots named by a random token of this one render, so that nobody
can write one.
"""

import re
from collections.abc import Callable

import nh3

TAGS = {
    *("a", "abbr", "b", "blockquote", "br", "code", "dd", "del", "div", "dl", "dt", "em", "hr", "i", "img", "ins"),
    *("kbd", "li", "mark", "ol", "p", "pre", "q", "s", "small", "span", "strong", "sub", "sup", "u", "ul", "aside"),
    *("h1", "h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td"),
}
# Emptied, not only unwrapped: what stands in them is no text for a reader.
EMPTIED = {
    *("script", "style", "template", "noscript", "iframe", "object", "embed", "svg", "math", "title", "textarea", "select"),
    *("xmp", "noembed", "noframes", "plaintext", "frameset", "head", "form", "button", "input"),
}
ATTRIBUTES = {
    "*": {"class", "data-slot"},
    "a": {"href", "title", "id"},
    "abbr": {"title"},
    "img": {"src", "alt", "title"},
    "li": {"id"},
    "ol": {"start"},
    "pre": {"tabindex"},
    "sup": {"id"},
    "td": {"align"},
    "th": {"align"},
    **{f"h{level}": {"id"} for level in range(1, 7)},
}
CLASSES = {
    *(
        "callout",
        "finding",
        "finding-words",
        "finding-claim",
        "finding-meta",
        "status-ok",
        "status-warn",
        "status-bad",
        "faint",
    ),
    *("footnote", "footnote-ref", "footnote-backref", "task-list-item", "table", "table-wrap"),
    *("code", "c-key", "c-str", "c-com", "c-num"),
}
OUR_ID = re.compile(r"(?:h|fn|fnref[0-9]*)-[\w.-]{1,120}")
ALIGN = frozenset({"left", "center", "right"})
# Images a run logged, on this server, checked by the gate like any address; nothing that tells another host who reads.
RUN_IMAGE = re.compile(r"/[a-z0-9_-]+/[a-z0-9_-]+/runs/[0-9a-z]{16}/media/[0-9a-f]{64}\.png")
LINK = re.compile(r"(?:https?://(?![/\\])|mailto:|#|/(?![/\\])|\?|[^\s/\\:?#]+(?:[/?#]|$))", re.IGNORECASE)


def clean(html: str, token: str) -> str:
    """Safe HTML, with the slots of this render (`token`) left in it."""

    def keep(tag: str, name: str, value: str) -> str | None:
        if name == "data-slot":
            return value if re.fullmatch(rf"{token}-[0-9]+", value) else None
        return _kept(name, value)

    cleaned: str = nh3.clean(
        html,
        tags=TAGS,
        clean_content_tags=EMPTIED,
        attributes=ATTRIBUTES,
        attribute_filter=keep,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer",
    )
    return cleaned


def _kept(name: str, value: str) -> str | None:
    if name == "class":
        return " ".join(word for word in value.split() if word in CLASSES) or None
    rule = RULES.get(name)
    return value if rule is None or rule(value) else None


def is_link(href: str) -> bool:
    """http, https, mailto, or an address on this site. No other host by `//`, no control characters, no other scheme."""
    return re.search(r"[\x00-\x20\x7f\\]", href) is None and LINK.match(href) is not None


RULES: dict[str, Callable[[str], object]] = {
    "id": OUR_ID.fullmatch,
    "href": is_link,
    "src": RUN_IMAGE.fullmatch,
    "tabindex": {"0"}.__contains__,  # code that scrolls can be reached without a mouse
    "align": ALIGN.__contains__,
    "start": re.compile(r"[0-9]{1,6}").fullmatch,
}
