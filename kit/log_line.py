"""How a line of the log is written: without what would let its reader in (promise S14)."""

import logging
import re

# A sign-in link and a password-reset link are keys; a refused or mistyped use of one is logged with its address.
_SECRET_PATHS = re.compile(r"(/accounts/(?:enter|password/reset/key)/)[^/\s]+")


class LogLine(logging.Formatter):
    """The line of any record, traceback included, with one-time links blanked."""

    def format(self, record: logging.LogRecord) -> str:
        return _SECRET_PATHS.sub(r"\1…", super().format(record))
