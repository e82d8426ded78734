"""Refusals of tracking, each with words that say what to do."""

from kit.refusal import Deleted, NothingHere, Refusal


class BrokenBatch(Refusal):
    code = "broken_batch"
    status = 400


class UnacceptableBatch(Refusal):
    """It can be read, and still not be taken."""

    code = "unacceptable_batch"


class UnsaidKind(Refusal):
    """A batch whose Content-Type says nothing of it."""

    code = "unsupported_media_type"
    status = 415


class BatchConflict(Refusal):
    code = "batch_conflict"
    status = 409


class RunBinned(Deleted):
    """It may come back, so the answer is the one of a thing that is not there now."""

    code = "run_binned"
    status = 404


class RunPurged(Deleted):
    """It is gone for ever, and so is its uid."""

    code = "run_purged"

    def __init__(self) -> None:
        super().__init__("This run was deleted for ever. Its uid cannot be used again: begin a new run with a new one.")


class BadQuery(Refusal):
    """A run query that cannot be read. `position` counts characters from 0."""

    code = "bad_query"
    status = 400


class Backlogged(Refusal):
    """Too much waits for the fold. The same batch is taken later; `retry_after` seconds are a good guess."""

    code = "backlogged"
    status = 429


class TooManyPoints(Refusal):
    """More points than one answer reads one by one."""

    code = "too_many_points"


class NoMetric(NothingHere):
    """Of a run that one may see."""

    code = "no_metric"
