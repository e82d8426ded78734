"""Refusals of reports, each with words that say what to do."""

from collections.abc import Sequence

from kit.refusal import Refusal


class BadText(Refusal):
    """Text that cannot be stored or is too long."""

    code = "bad_text"


class DraftConflict(Refusal):
    """Somebody saved in between. Both texts are kept: `theirs` is stored at `revision`, `mine` is in the hand of who asked."""

    code = "draft_conflict"
    status = 409

    def __init__(self, *, mine: str, theirs: str, revision: int, saved_by: str) -> None:
        super().__init__(f"{saved_by} saved this draft after you opened it.", revision=revision)
        self.mine, self.theirs, self.revision, self.saved_by = mine, theirs, revision, saved_by


class Unpublishable(Refusal):
    """Blocks that cannot be drawn cannot be pinned. `problems`: one sentence and a line of the source each."""

    code = "unpublishable"

    def __init__(self, problems: Sequence[tuple[str, int]]) -> None:
        super().__init__("Nothing is published: these blocks cannot be drawn.", problems=list(problems))
        self.problems = list(problems)


class ThreadClosed(Refusal):
    """A resolved thread takes no replies, and a reply cannot be resolved by itself."""

    code = "thread_closed"
    status = 409
