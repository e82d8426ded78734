"""What could not be recorded: counted by reason, said once on stderr, and told to the run page."""

from lablore._notices import say
from lablore._values import one_line

_REASONS = 50
_LONGEST_REASON = 300


class Losses:
    """Counts of lost values by reason, until `drain` turns them into `lost` updates. Not locked: its owner is."""

    def __init__(self) -> None:
        self._waiting: dict[str, int] = {}
        self._said: set[str] = set()
        self.total = 0

    def add(self, reason: str, count: int = 1) -> None:
        """Count `count` values lost for `reason`; the first time it is said on stderr."""
        reason = one_line(reason, _LONGEST_REASON)
        if reason not in self._said:
            if len(self._said) >= _REASONS:
                reason = "other reasons"
            if reason not in self._said:
                self._said.add(reason)
                say(f"not recorded: {reason} (counted, said once)")
        self._waiting[reason] = self._waiting.get(reason, 0) + count
        self.total += count

    def drain(self) -> list[dict[str, object]]:
        """The waiting counts as data of `lost` updates; they wait no longer."""
        waiting, self._waiting = self._waiting, {}
        return [{"count": count, "reason": reason} for reason, count in waiting.items()]

    def give_back(self, data: list[dict[str, object]]) -> None:
        """Undo a `drain` whose updates could not be written."""
        for entry in data:
            reason, count = str(entry["reason"]), entry["count"]
            self._waiting[reason] = self._waiting.get(reason, 0) + (count if isinstance(count, int) else 0)
