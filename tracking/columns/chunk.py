"""Cutting a series into chunks: which stored ones new points touch, and what is written instead."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

import numpy as np

from tracking.columns.body import pack_body
from tracking.columns.marks import marks_of
from tracking.columns.points import Ints, Points
from tracking.columns.pyramid import FANS, packed_levels
from tracking.columns.summary import Summary, summary_of
from tracking.limits import CHUNK_POINTS


@dataclass(frozen=True, slots=True)
class Span:
    """Where a stored chunk lies: its first and last step and how many points it holds."""

    start: int
    end: int
    n: int


@dataclass(frozen=True, slots=True)
class Region:
    """Stored chunks `spans` (a slice of positions) are replaced by them and the new points `points` (a slice) together.

    `tail`: nothing is stored behind it.
    """

    spans: slice
    points: slice
    tail: bool


@dataclass(frozen=True, slots=True)
class PackedChunk:
    """A chunk ready to be stored; `levels` are for fans of 16, 128 and 1024."""

    start: int
    summary: Summary
    marks: bytes
    levels: tuple[bytes, ...]
    body: bytes


def regions_of(spans: Sequence[Span], steps: Ints) -> list[Region]:
    """How sorted new steps spread over the sorted stored chunks.

    A late point goes to the chunk at or before its step. Points behind the end make new chunks and take the last ones with them
    while these are at most twice what is in hand and fit one chunk: so small folds merge like the runs of an LSM tree, and a
    point is rewritten some few times only.
    """
    if not spans:
        return [Region(slice(0, 0), slice(0, len(steps)), tail=True)]
    cut = int(np.searchsorted(steps, spans[-1].end, side="right"))
    first = first_taken(spans, len(steps) - cut)
    if not cut:
        return [Region(slice(first, len(spans)), slice(0, len(steps)), tail=True)]
    starts = np.array([span.start for span in spans])
    home = np.clip(np.searchsorted(starts, steps[:cut], side="right") - 1, 0, None)
    late = int(np.searchsorted(home, first))
    regions = [
        Region(slice(at, at + 1), slice(*np.searchsorted(home[:late], [at, at + 1]).tolist()), tail=False)
        for at in np.unique(home[:late]).tolist()
    ]
    if late < len(steps):
        regions.append(Region(slice(first, len(spans)), slice(late, len(steps)), tail=True))
    return regions


class Sized(Protocol):
    """What is stored as one row of `n` points."""

    @property
    def n(self) -> int: ...


def first_taken(spans: Sequence[Sized], in_hand: int) -> int:
    """The position from which on the last rows are written anew together with `in_hand` new points behind them."""
    first = len(spans)
    while first and in_hand and spans[first - 1].n <= 2 * in_hand and spans[first - 1].n + in_hand <= CHUNK_POINTS:
        first -= 1
        in_hand += spans[first].n
    return first


def holding(spans: Sequence[Span], steps: Ints) -> list[int]:
    """Positions of the chunks within whose steps one of `steps` lies."""
    if not spans or not len(steps):
        return []
    home = np.searchsorted(np.array([span.start for span in spans]), steps, side="right") - 1
    inside = (home >= 0) & (steps <= np.array([span.end for span in spans])[home])
    found: list[int] = np.unique(home[inside]).tolist()
    return found


def pieces_of(points: Points, *, tail: bool) -> list[Points]:
    """Winning points cut into chunks: full ones at the tail, where more will follow, else equal ones. No step is cut in two."""
    n = len(points)
    size = CHUNK_POINTS if tail else -(-n // -(-n // CHUNK_POINTS))
    if n <= size:
        return [points]
    cuts = [0]
    while cuts[-1] < n:
        cut = min(cuts[-1] + size, n)
        if cut < n and points.steps[cut] == points.steps[cut - 1]:
            step = points.steps[cut]
            before = int(np.searchsorted(points.steps, step, side="left"))
            cut = before if before > cuts[-1] else int(np.searchsorted(points.steps, step, side="right"))
        cuts.append(cut)
    return [points.take(slice(start, end)) for start, end in pairwise(cuts)]


def pack_chunk(points: Points) -> PackedChunk:
    return pack_chunks([points], [summary_of(points)])[0]


def pack_chunks(pieces: Sequence[Points], summaries: Sequence[Summary]) -> list[PackedChunk]:
    """The chunks of these points, each with its summary; those of one length have their levels built together."""
    alike: dict[int, list[int]] = {}
    for place, piece in enumerate(pieces):
        alike.setdefault(len(piece), []).append(place)
    levels: dict[int, tuple[bytes, ...]] = {}
    for n, places in alike.items():
        at_once = max(CHUNK_POINTS // n, 1)  # bounds the memory
        for some in (places[start : start + at_once] for start in range(0, len(places), at_once)):
            steps = np.stack([pieces[place].steps for place in some])
            values = np.stack([pieces[place].values for place in some])
            known = [summaries[place] for place in some]
            levels |= zip(some, zip(*(packed_levels(steps, values, known, fan) for fan in FANS), strict=True), strict=True)
    return [
        PackedChunk(
            start=int(piece.steps[0]),
            summary=summary,
            marks=marks_of(piece.steps, piece.values).tobytes() if summary.bad else b"",
            levels=levels[place],
            body=pack_body(piece),
        )
        for place, (piece, summary) in enumerate(zip(pieces, summaries, strict=True))
    ]
