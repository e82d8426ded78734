"""Becomes the program it is given, tied to the life of the supervisor: `tether.py PARENT SIGNAL ACCOUNT PROGRAM …`.

Run as a file by a bare interpreter (`-I -S`), so it imports nothing of ours. In this order, and only here:
give up root (ACCOUNT is `uid:gid` or `-`), then ask Linux for SIGNAL when the parent dies (the request does not
survive a change of account), then look whether the parent died before we asked. No `preexec_fn`: that would run
Python between fork and exec in a process that may have threads.
"""

import ctypes
import os
import sys

PR_SET_PDEATHSIG = 1


def main(parent: str, signal: str, account: str, *command: str) -> None:
    if account != "-":
        uid, gid = (int(number) for number in account.split(":"))
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    if sys.platform == "linux":  # elsewhere the next start ends what was left over
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, int(signal), 0, 0, 0)
    if os.getppid() != int(parent):
        sys.exit("the supervisor is gone")
    try:
        os.execvp(command[0], command)  # noqa: S606 - becoming that program is the purpose
    except OSError as error:
        sys.exit(f"cannot run {command[0]}: {error.strerror}")


if __name__ == "__main__":
    main(*sys.argv[1:])
