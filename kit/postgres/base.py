"""The database ENGINE of config/databases.py. Django wants it in a module of this name."""

import select

from django.db.backends.postgresql import base
from psycopg.pq import TransactionStatus


class DatabaseWrapper(base.DatabaseWrapper):
    """Django asks the server `SELECT 1` before a request's first statement, which was a tenth of what a batch cost.

    A server that ends a session says so or hangs up, and a quiet socket has heard neither. So it is only asked when the socket
    has something to say.
    """

    def is_usable(self) -> bool:
        ours = self.connection
        if (
            ours is None
            or ours.closed
            or ours.info.transaction_status != TransactionStatus.IDLE
            or not _is_quiet(ours.fileno())
        ):
            return super().is_usable()
        return True


def _is_quiet(socket: int) -> bool:
    """Whether nothing can be read; False where the system cannot say (Windows)."""
    if not hasattr(select, "poll"):
        return False
    poll = select.poll()
    poll.register(socket, select.POLLIN)
    return not poll.poll(0)
