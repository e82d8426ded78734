"""What a text would cost to draw, told from counts before any parser sees it: one pass for each kind of mark.

Python-Markdown is quadratic in places that one cannot reach from outside: marks of emphasis in one paragraph, ticks in one
table cell, footnotes, signs of lists on one line. So what is bounded is how many of each a text may have. The limits were
measured: a text full of one kind, up to its limit, takes under a second (tests/reports/rendering/test_cost.py), and what a
text uses of all limits together may not pass ALTOGETHER.
"""

import re
from dataclasses import dataclass

from reports.limits import (
    CHART_BLOCKS,
    LIST_SIGNS_PER_LINE,
    REPORT_LENGTH,
    TABLE_CELLS,
    TICKS_IN_A_ROW,
    TICKS_PER_LINE,
)

ALTOGETHER = 2.0  # sum of count / limit


@dataclass(frozen=True, slots=True)
class Complaint:
    """Why a text is not drawn: `count` of `what`, where `limit` are allowed."""

    what: str
    count: int
    limit: int

    @property
    def message(self) -> str:
        if self.count > self.limit:
            return f"This report has {self.count:,} {self.what}; at most {self.limit:,} can be drawn."
        return f"This report has too much markup to be drawn, most of it {self.what}: {self.count:,}. Make it two reports."


@dataclass(frozen=True, slots=True)
class Kind:
    what: str
    limit: int
    sign: re.Pattern[str]


def _kind(what: str, limit: int, sign: str) -> Kind:
    return Kind(what, limit, re.compile(sign, re.MULTILINE))


LIST_SIGN = r"(?:^|(?<=[ \t>]))(?:[-*+]|\d{1,9}\.)(?=[ \t])"
KINDS = (
    _kind("paragraphs", 8_000, r"\n[ \t]*\n"),
    _kind("headings", 2_000, r"^[ \t>*+\-\d.]*#"),
    _kind("underlines and rules", 2_000, r"^[ \t>]*(?:=+|[-*_][-*_ \t]*)$"),
    _kind("list items", 6_000, LIST_SIGN),
    _kind("lines of quotes", 5_000, r"^[ \t]*>"),
    _kind("marks of emphasis (`*`, `_`)", 10_000, r"[*_]"),
    _kind("runs of backticks", 4_000, r"`+"),
    _kind("open brackets", 6_000, r"\["),
    _kind("footnotes", 600, r"\[\^"),
    _kind("lines of fences", 1_500, r"^[ \t>]*(?:`{3}|~{3})"),
    _kind("chart blocks", CHART_BLOCKS, r"^[ \t>]*(?:`{3,}|~{3,})[ \t]*chart\b"),
    _kind("call-outs", 1_000, r"^[ \t]*!!!|\[!"),
    _kind("tags (`<`)", 3_000, r"<"),
    _kind("entities (`&`)", 5_000, r"&"),
    _kind("mentions of runs", 2_000, r"\{run:"),
    _kind("addresses", 3_000, r"://"),
    _kind("table separators (`|`)", 40_000, r"\|"),
    _kind("backslashes", 10_000, r"\\"),
    _kind("control characters", 1_000, r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"),
)
TICKS = re.compile(r"`+|~+")
LINE_ENDS = re.compile(r"\r\n|\r|\n")
UNDER_HEADER = frozenset(" \t>|:-")

EMPTY_TABLE = 5  # what a table costs by itself, in cells


def too_costly(text: str) -> Complaint | None:
    """The first thing of which `text` has too much, or None when drawing it is bounded."""
    if len(text) > REPORT_LENGTH:
        return Complaint("characters", len(text), REPORT_LENGTH)
    lines = LINE_ENDS.split(text)
    complaints = [
        *(Complaint(kind.what, len(kind.sign.findall(text)), kind.limit) for kind in KINDS),
        Complaint("cells of tables", _cells(lines), TABLE_CELLS),
        Complaint("signs of lists on one line", _most(re.compile(LIST_SIGN), lines), LIST_SIGNS_PER_LINE),
        Complaint("runs of backticks on one line", max(line.count("`") for line in lines), TICKS_PER_LINE),
        Complaint("ticks in a row", max((len(run) for run in TICKS.findall(text)), default=0), TICKS_IN_A_ROW),
    ]
    worst = max(complaints, key=_share)
    # The last three are about one line, not about the sum of all.
    altogether = sum(_share(complaint) for complaint in complaints[:-3])
    return worst if worst.count > worst.limit or altogether > ALTOGETHER else None


def _share(complaint: Complaint) -> float:
    return complaint.count / complaint.limit


def _most(sign: re.Pattern[str], lines: list[str]) -> int:
    return max(len(sign.findall(line)) for line in lines)


def _cells(lines: list[str]) -> int:
    """Python-Markdown fills every row up to the columns of the header, however short it was written."""
    cells = rows = columns = 0
    table = False
    for line in [*lines, ""]:
        if line.strip():
            rows += 1
            if line.count("|") >= columns:
                columns = max(columns, line.strip(" \t>").removeprefix("|").removesuffix("|").count("|") + 1)
            table = table or (rows > 1 and "-" in line and UNDER_HEADER.issuperset(line))
            continue
        cells += rows * columns + EMPTY_TABLE if table else 0
        rows, columns, table = 0, 0, False
    return cells
