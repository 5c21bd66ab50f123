"""
Starts one child of the supervisor: `python -m portal.launch <supervisor pid> <command> [arguments …]`.

Asks Linux to send this process SIGTERM when the supervisor dies, however it dies, and then becomes the command.
A module of its own because doing this between fork and exec in the supervisor is not safe in Python.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def end_with_parent(parent: int) -> None:
    """SIGTERM for this process when `parent` ends; kept across exec. Elsewhere than on Linux it does nothing."""
    if sys.platform != "linux":
        return
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG) was refused")
    if os.getppid() != parent:
        sys.exit(1)  # the supervisor died before the request reached the kernel


def main() -> None:
    parent, command = int(sys.argv[1]), sys.argv[2:]
    end_with_parent(parent)
    os.execv(command[0], command)


if __name__ == "__main__":
    main()
