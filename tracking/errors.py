"""Refusals, each with words that say what to do."""

from kit.refusal import Refusal


class TrackingError(Refusal):
    """Something a client sent cannot be accepted. `code` is for programs, the text for people."""


class BrokenBatch(TrackingError):
    code = "broken_batch"
    status = 400


class UnacceptableBatch(TrackingError):
    """It can be read, and still not be taken."""

    code = "unacceptable_batch"


class TooLarge(TrackingError):
    code = "too_large"
    status = 413


class BatchConflict(TrackingError):
    code = "batch_conflict"
    status = 409


class BadQuery(TrackingError):
    """A run query that cannot be read. `position` counts characters from 0."""

    code = "bad_query"
    status = 400
