"""What one `log` call holds, sorted out: numbers and images by flat name, and what is neither."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lablore._image import Image
from lablore._values import DEEPEST, key_problem, number


@dataclass
class Row:
    """`problems` has one entry for each value that cannot be stored: why not."""

    numbers: dict[str, float | int] = field(default_factory=dict)
    images: list[tuple[str, Image]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def add(self, data: Mapping[Any, Any], prefix: str = "", depth: int = 0) -> "Row":
        """Sort `data` in, nested maps as `outer/inner`; of two values of one name the later counts."""
        for name, value in data.items():
            key = f"{prefix}{name}"
            if isinstance(value, Mapping):
                if depth < DEEPEST:
                    self.add(value, f"{key}/", depth + 1)
                else:
                    self.problems.append(f"values nested deeper than {DEEPEST}")
            elif problem := key_problem(key):
                self.problems.append(problem)
            else:
                self._add_value(key, value)
        return self

    def _add_value(self, key: str, value: Any) -> None:
        if isinstance(value, Image):
            if value.problem:
                self.problems.append(f"{key}: {value.problem}")
            else:
                self.images.append((key, value))
            return
        plain = number(value)
        if plain is None:
            self.problems.append(f"{key}: {type(value).__name__} is not a number")
        else:
            self.numbers[key] = plain
