"""What a benchmark says."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Result:
    """`target` is an upper bound on `value`; None where there is none."""

    name: str
    value: float
    unit: str
    target: float | None = None

    @property
    def met(self) -> bool | None:
        return None if self.target is None else self.value <= self.target

    def plain(self) -> dict[str, Any]:
        return {**asdict(self), "value": float(f"{self.value:.4g}"), "met": self.met}

    def line(self) -> str:
        verdict = {None: "", True: "met", False: "MISSED"}[self.met]
        target = "" if self.target is None else f"<= {self.target:g}"
        return f"{self.name:<52} {self.value:>10.4g} {self.unit:<6} {target:>10} {verdict}"
