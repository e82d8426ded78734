"""What a rendered report is made of: safe HTML, with the things only the server may draw standing between as data."""

from dataclasses import dataclass
from typing import Any, Literal

Band = Literal["", "ci", "sd", "minmax"]


@dataclass(frozen=True, slots=True)
class RunRef:
    """A run as a report shows it. `url` is empty when the run is gone; `slot` is its colour, 1-24."""

    uid: str
    name: str
    state: str
    url: str = ""
    slot: int = 1


@dataclass(frozen=True, slots=True)
class Found:
    """The runs of a query, first those drawn; `total` counts all that match."""

    runs: tuple[RunRef, ...]
    total: int


@dataclass(frozen=True, slots=True)
class SourceLine:
    number: int
    text: str
    bad: bool = False


@dataclass(frozen=True, slots=True)
class Problem:
    """A block that cannot be drawn: shown in red where it stands; the rest of the page stays."""

    title: str  # Chart c7k2, line 4: “smoth” is not a setting of a line chart.
    text: str = ""  # Did you mean `smooth`? …
    lines: tuple[SourceLine, ...] = ()
    line: int = 1  # of the whole source, from 1: where the editor puts the cursor


@dataclass(frozen=True, slots=True)
class RunSet:
    """Runs named in the front matter: a query, or single runs."""

    query: str
    limit: int


@dataclass(frozen=True, slots=True)
class ChartBlock:
    """A checked chart block. `line` is that of its fence in the whole source, from 1; `number` that of the figure."""

    id: str
    kind: str
    query: str
    y: str
    limit: int
    x: str = "step"
    group: str = ""
    smooth: float = 0.0
    band: Band = ""
    log: bool = False
    title: str = ""
    caption: str = ""
    height: Literal["", "mid", "tall"] = "mid"
    line: int = 1
    number: int = 0
    found: Found = Found((), 0)

    def settings(self) -> dict[str, Any]:
        """What is pinned with the frame: everything that decides how it is drawn."""
        names = ("id", "kind", "query", "x", "y", "limit", "group", "smooth", "band", "log", "title", "caption", "height")
        return {name: getattr(self, name) for name in names}


@dataclass(frozen=True, slots=True)
class Html:
    """Sanitised; goes to the page as it is."""

    text: str


@dataclass(frozen=True, slots=True)
class RunChip:
    """`{run:word}`: the run, or None when there is none of that name. `linked` is False inside another link."""

    word: str
    run: RunRef | None
    linked: bool = True


@dataclass(frozen=True, slots=True)
class Sign:
    """The glyph of a finding's status."""

    glyph: str
    tone: str


Part = Html | ChartBlock | Problem | RunChip | Sign


@dataclass(frozen=True, slots=True)
class Heading:
    level: int
    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Rendered:
    """A report drawn from its text: `lede` stands under the title, `parts` after the byline."""

    title: str
    lede: tuple[Part, ...]
    parts: tuple[Part, ...]
    toc: tuple[Heading, ...]
    charts: tuple[ChartBlock, ...]
    problems: tuple[Problem, ...]
    runs: tuple[RunChip, ...]
    words: int
