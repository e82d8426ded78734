"""Small curves."""

import math

from tracking.queries.spark import SparkLine
from tracking.rendering.spark import last_step_of, spark


def line(*values: float) -> SparkLine:
    return SparkLine(steps=[float(i) for i in range(len(values))], values=list(values), broken=not math.isfinite(values[-1]))


def test_a_curve_fills_its_height_and_its_part_of_the_width() -> None:
    drawn = spark(line(2.0, 1.0), last_step=2.0)
    assert drawn is not None
    assert (drawn.path, drawn.x, drawn.y, drawn.broken) == ("M2.0,2.0 L48.0,18.0", "48.0", "18.0", False)


def test_a_nan_breaks_the_line_and_a_nan_at_the_end_is_a_cross() -> None:
    drawn = spark(line(1.0, math.nan, 2.0, math.nan), last_step=3.0)
    assert drawn is not None
    assert drawn.path == "M2.0,18.0 M63.3,2.0"
    assert drawn.broken
    assert drawn.cross.startswith("M60.3,-1.0")


def test_nothing_finite_is_nothing_drawn_and_the_largest_floats_are() -> None:
    assert spark(line(math.nan), 1.0) is None
    assert spark(None, 1.0) is None
    extreme = spark(line(-1.7e308, 1.7e308), 1.0)
    assert extreme is not None
    assert extreme.path == "M2.0,18.0 L94.0,2.0"
    level = spark(line(1.0, 1.0), 0.0)
    assert level is not None
    assert level.path == "M94.0,10.0 L94.0,10.0"


def test_rows_share_the_longest_runs_edge() -> None:
    assert last_step_of([line(1.0, 2.0), line(1.0)]) == 1.0
    assert last_step_of([]) == 0.0
