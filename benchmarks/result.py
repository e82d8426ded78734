"""What a benchmark says."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Result:
    """`target` bounds `value` from above, or from below with `at_least`; None where there is none."""

    name: str
    value: float
    unit: str
    target: float | None = None
    at_least: bool = False

    @property
    def met(self) -> bool | None:
        if self.target is None:
            return None
        return self.value >= self.target if self.at_least else self.value <= self.target

    def plain(self) -> dict[str, Any]:
        words = {"name": self.name, "value": float(f"{self.value:.4g}"), "unit": self.unit, "target": self.target}
        return words | {"met": self.met}

    def line(self) -> str:
        verdict = {None: "", True: "met", False: "MISSED"}[self.met]
        target = "" if self.target is None else f"{'>=' if self.at_least else '<='} {self.target:g}"
        return f"{self.name:<64} {self.value:>10.4g} {self.unit:<6} {target:>10} {verdict}"
