"""Refusals, each with words that say what to do."""


class TrackingError(Exception):
    """Something a client sent cannot be accepted. `code` is for programs, the text for people."""

    code = "refused"
    status = 422

    def __init__(self, message: str, **details: object) -> None:
        super().__init__(message)
        self.message = message
        self.details = details


class BrokenBatch(TrackingError):
    code = "broken_batch"
    status = 400


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
