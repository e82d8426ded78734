"""One worker at a time: on what is stored of a run (a fold or a step of its purge), and on the blocks that lists sort by."""

from kit.rows import rows_of

# Advisory locks are one space of 64 bits; ours begin here.
_RUNS = 0x4C4F << 48
_BLOCKS = 0x4C42 << 48


def hold(run_id: int) -> bool:
    """Whether the run is the caller's until its transaction ends; False at once when another worker has it."""
    return _try(_RUNS + run_id)


def hold_blocks() -> bool:
    """The same of all blocks together."""
    return _try(_BLOCKS)


def _try(lock: int) -> bool:
    return bool(rows_of("SELECT pg_try_advisory_xact_lock(%s::bigint)", [lock])[0][0])
