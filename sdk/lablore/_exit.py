"""How the process ends, as far as a process can know: the truth about a run's end state (D9).

Uncaught exceptions come through `sys.excepthook`, exit codes through `sys.exit` and `exit`, SIGTERM through a handler where
nobody has one. A bare `raise SystemExit(n)` shows nowhere; that it happened is seen from where the main script's frame
stopped. What no hook sees (SIGKILL, `os._exit`) the sync process reports.
"""

import atexit
import builtins
import contextlib
import dis
import os
import signal
import sys
import threading
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Any, NoReturn

from lablore._values import one_line, step_number

End = dict[str, Any]


def end_of(code: int | None, state: str = "", reason: str | None = None) -> End:
    """The data of a `finish` update; the state follows from the exit code unless given."""
    return {"state": state or ("finished" if code == 0 else "failed"), "exit_code": code, "reason": reason}


def end_said(code: object) -> End:
    """The end that `finish(exit_code)` was told: any sort of 0 is finished, what is no 32-bit integer failed."""
    whole = step_number(code)
    if whole is None or not -(2**31) <= whole < 2**31:
        return end_of(1, reason=one_line(f"exit code {code!r}", 100))
    return end_of(whole)


def end_by(kind: type[BaseException], trace: TracebackType | None) -> End:
    """The end by an exception: its type and place. Not its text, which may carry what must not leave the machine."""
    if issubclass(kind, KeyboardInterrupt):
        return end_of(130, "killed", "KeyboardInterrupt")
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f" at {os.path.basename(trace.tb_frame.f_code.co_filename)}:{trace.tb_lineno}" if trace else ""
    return end_of(1, reason=f"{kind.__name__}{place}")


def exit_code(value: object) -> int:
    """What the process returns for `sys.exit(value)`."""
    if value is None:
        return 0
    return value & 0xFF if isinstance(value, int) else 1


class _Watch:
    """The hooks of this process, put in place once, when the first run starts."""

    def __init__(self) -> None:
        self.pid = 0
        self.seen: End | None = None
        self.close_all: Callable[[End, bool], None] = lambda end, wait: None
        self._frame: FrameType | None = None

    def start(self, close_all: Callable[[End, bool], None]) -> None:
        self._frame = _main_frame() or self._frame
        if self.pid == os.getpid():
            return
        fresh = self.pid == 0
        self.pid, self.close_all = os.getpid(), close_all
        if not fresh:
            return  # a forked child that made a run of its own: the hooks are inherited
        atexit.register(self._at_exit)
        self._hook_exceptions()
        sys.exit = self._seeing(sys.exit)
        for name in ("exit", "quit"):
            if hasattr(builtins, name) and not hasattr(sys, "ps1"):  # a prompt shows them by their repr
                setattr(builtins, name, self._seeing(getattr(builtins, name)))
        if threading.current_thread() is threading.main_thread() and signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
            signal.signal(signal.SIGTERM, self._on_term)

    def _hook_exceptions(self) -> None:
        before = sys.excepthook

        def hook(kind: type[BaseException], value: BaseException, trace: TracebackType | None) -> None:
            self.seen = end_by(kind, trace)
            before(kind, value, trace)

        sys.excepthook = hook

    def _seeing(self, leave: Callable[..., Any]) -> Callable[..., NoReturn]:
        def exit(code: object = None, /) -> NoReturn:
            if threading.current_thread() is threading.main_thread():  # elsewhere it ends only a thread
                self.seen = end_of(exit_code(code))
            leave(code)
            raise SystemExit(code)

        return exit

    def _on_term(self, number: int, frame: FrameType | None) -> None:
        if os.getpid() == self.pid:
            self.close_all(end_of(143, "killed", "SIGTERM"), False)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGTERM)

    def _at_exit(self) -> None:
        if os.getpid() != self.pid:
            return
        end = self.seen
        if end is None and _was_unwound(self._frame):
            end = end_of(None, "failed", "SystemExit with an unknown code; use sys.exit() or run.finish()")
        elif end is None or (end["exit_code"] != 0 and not _was_unwound(self._frame) and self._frame is not None):
            end = end_of(0)  # a sys.exit that somebody caught does not count
        with contextlib.suppress(KeyboardInterrupt):  # the user does not want to wait; the sync process goes on
            self.close_all(end, True)


def _main_frame() -> FrameType | None:
    """The frame of the main script, when it is running in this thread."""
    frame: FrameType | None = sys._getframe()
    while frame is not None:
        if frame.f_code.co_name == "<module>" and frame.f_globals.get("__name__") == "__main__":
            return frame
        frame = frame.f_back
    return None


def _was_unwound(frame: FrameType | None) -> bool:
    """Whether the frame, which no longer runs, was left by an exception and not by its last line."""
    if frame is None:
        return False
    code = frame.f_code.co_code
    if not 0 <= frame.f_lasti < len(code):
        return False
    return not dis.opname[code[frame.f_lasti]].startswith("RETURN")


WATCH = _Watch()
