"""`run.config`, `run.summary` and `run.tags`: what looks like a dict or a set, and writes each change to the spool."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sized
from collections.abc import Set as AbstractSet
from typing import Any

from lablore._values import one_line

LONGEST_TAG = 64
MOST_TAGS = 64  # of one update
Write = Callable[[str, Any], dict[str, Any]]
"""(kind, a map or what can become one) -> what was recorded of it, as plain values."""


class Record(Mapping[str, Any]):
    """A map whose top-level keys are recorded when they are set: `config["lr"] = 3e-4`, `config.lr`, `config.update(…)`.

    Values are kept as JSON can say them. A change inside a nested map is not seen: set its top-level key anew.
    """

    _kind: str
    _write: Write
    _values: dict[str, Any]

    def __init__(self, kind: str, write: Write) -> None:
        self.__dict__.update(_kind=kind, _write=write, _values={})

    def __getitem__(self, key: str) -> Any:
        return self._values[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.update({key: value})

    def __getattr__(self, name: str) -> Any:
        try:
            return self.__dict__["_values"][name]
        except KeyError:
            raise AttributeError(f"{self._kind} has no {name!r}") from None

    def __setattr__(self, name: str, value: Any) -> None:
        self.update({name: value})

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return f"{self._kind}({self._values!r})"

    def update(self, values: Any = (), /, **more: Any) -> None:
        """Set several keys with one record. `values` is a map, pairs, an argparse namespace or a dataclass. Never raises."""
        for given in (values, more):
            if not isinstance(given, Sized) or len(given):
                self._values.update(self._write(self._kind, given))

    def setdefault(self, key: str, default: Any = None) -> Any:
        """The value of `key`, set to `default` when there is none."""
        if key not in self._values:
            self[key] = default
        return self._values.get(key, default)


class Tags(AbstractSet[str]):
    """The tags this process knows of its run; adding and removing is recorded."""

    def __init__(self, write: Callable[[list[str], list[str]], None]) -> None:
        self._write = write
        self._names: set[str] = set()

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._names))

    def __len__(self) -> int:
        return len(self._names)

    def __repr__(self) -> str:
        return f"Tags({sorted(self._names)!r})"

    def add(self, *names: str) -> None:
        """Tag the run with each of `names`."""
        self._change(names, ())

    def remove(self, *names: str) -> None:
        """Take each of `names` off the run, whoever put it there."""
        self._change((), names)

    discard = remove

    def replace(self, names: Iterable[str]) -> None:
        """Make `names` the tags: what `run.tags = (…)` does."""
        wanted = {_tag(name) for name in names}
        self._change(wanted - self._names, self._names - wanted)

    def _change(self, add: Iterable[str], remove: Iterable[str]) -> None:
        gained, gone = sorted({*map(_tag, add)} - {""}), sorted({*map(_tag, remove)} - {""})
        self._names = (self._names | set(gained)) - set(gone)
        for at in range(0, max(len(gained), len(gone)), MOST_TAGS):
            self._write(gained[at : at + MOST_TAGS], gone[at : at + MOST_TAGS])


def _tag(name: object) -> str:
    return one_line(name, LONGEST_TAG)
