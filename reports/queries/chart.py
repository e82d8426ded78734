"""The charts of a report that a comment can be about."""

from dataclasses import dataclass

from reports.models import Version


@dataclass(frozen=True, slots=True)
class ChartName:
    id: str
    label: str


def charts_to_comment(version: Version | None) -> list[ChartName]:
    """Those of the last version, in the order of the text; of a report that is not published (None), none yet."""
    if version is None:
        return []
    pinned = version.charts.order_by("pk").values_list("chart", "settings__title", "settings__y")
    return [ChartName(chart, f"Figure {number}, {title or y}") for number, (chart, title, y) in enumerate(pinned, start=1)]
