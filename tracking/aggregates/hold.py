"""One worker at a time on what is stored of a run: a fold or a step of its purge."""

from kit.rows import rows_of

_LOCKS = 0x4C4F << 48  # advisory locks are one space of 64 bits; ours begin here


def hold(run_id: int) -> bool:
    """Whether the run is the caller's until its transaction ends; False at once when another worker has it."""
    return bool(rows_of("SELECT pg_try_advisory_xact_lock(%s::bigint)", [_LOCKS + run_id])[0][0])
