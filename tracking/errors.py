"""Refusals of tracking, each with words that say what to do."""

from kit.refusal import Refusal


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


class BadQuery(Refusal):
    """A run query that cannot be read. `position` counts characters from 0."""

    code = "bad_query"
    status = 400


class Backlogged(Refusal):
    """Too much waits for the fold. The same batch is taken later; `retry_after` seconds are a good guess."""

    code = "backlogged"
    status = 429
