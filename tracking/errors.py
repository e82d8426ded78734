"""Refusals of tracking, each with words that say what to do."""

from kit.refusal import Refusal


class BrokenBatch(Refusal):
    code = "broken_batch"
    status = 400


class UnacceptableBatch(Refusal):
    """It can be read, and still not be taken."""

    code = "unacceptable_batch"


class BatchConflict(Refusal):
    code = "batch_conflict"
    status = 409


class BadQuery(Refusal):
    """A run query that cannot be read. `position` counts characters from 0."""

    code = "bad_query"
    status = 400


class TooManyPoints(Refusal):
    """More points than one answer reads one by one."""

    code = "too_many_points"
