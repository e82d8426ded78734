"""Call-outs and findings: `!!! note "Setup"` or `> [!note] Setup`, and `> [!finding] supported`."""

import re
import xml.etree.ElementTree as etree

from reports.rendering.parts import Sign
from reports.rendering.slots import Slots

MARK = re.compile(r"\s*\[!([A-Za-z]{1,20})\][ \t]*([^\n]*)")
# status: glyph and tone; the glyph is the shape, read before the colour.
STATUSES = {
    "hypothesis": "warn",
    "supported": "ok",
    "refuted": "bad",
    "superseded": "",
    "retracted": "",
}


def callouts_in(root: etree.Element, slots: Slots) -> None:
    """Rewrite in place what the block parser left as quotes and admonitions."""
    for element in list(root.iter()):
        if element.tag == "blockquote":
            _from_quote(element, slots)
        elif element.tag == "div" and "admonition" in element.get("class", "").split():
            _from_admonition(element, slots)


def _from_quote(quote: etree.Element, slots: Slots) -> None:
    first = quote[0] if len(quote) else None
    match = MARK.match(first.text or "") if first is not None and first.tag == "p" else None
    if first is None or match is None:
        return
    kind, title = match[1].lower(), match[2].strip()
    rest = (first.text or "")[match.end() :].lstrip("\n")
    if not rest and len(first):
        title, rest = "", match[2]  # `[!note] **bold** …` on one line: the line is text, not a title
    first.text = rest
    if not rest.strip() and not len(first):
        quote.remove(first)
    _dress(quote, kind, title, slots)


def _from_admonition(box: etree.Element, slots: Slots) -> None:
    kind = next((word for word in box.get("class", "").split() if word != "admonition"), "note").lower()
    title = ""
    if len(box) and box[0].get("class") == "admonition-title":
        title = box[0].text or ""
        box.remove(box[0])
    # The parser gives an untitled one its kind as title.
    _dress(box, kind, "" if title.lower() == kind else title, slots)


def _dress(box: etree.Element, kind: str, title: str, slots: Slots) -> None:
    if kind == "finding":
        _finding(box, title.lower(), slots)
        return
    box.tag, box.text = "div", None
    box.attrib.clear()
    box.set("class", "callout")
    head = etree.Element("b")
    head.text = title or kind.capitalize()
    box.insert(0, head)


def _finding(box: etree.Element, status: str, slots: Slots) -> None:
    """First paragraph the claim; later paragraphs the meta line; a list stays under the claim."""
    status = status if status in STATUSES else "hypothesis"
    tone = STATUSES[status]
    children = list(box)
    box.clear()
    box.tag = "aside"
    box.set("class", "finding")
    etree.SubElement(box, "span", {"data-slot": slots.put(Sign(status, tone))})
    words = etree.SubElement(box, "div", {"class": "finding-words"})
    meta = etree.SubElement(box, "div", {"class": "finding-meta"})
    word = etree.SubElement(meta, "span", {"class": f"status-{tone}"} if tone else {})
    word.text = status.capitalize()
    for child in children:
        if child.tag == "p" and not len(words):
            child.set("class", "finding-claim")
            words.append(child)
        elif child.tag == "p":
            child.tag = "span"
            meta.append(child)
        else:
            words.append(child)
