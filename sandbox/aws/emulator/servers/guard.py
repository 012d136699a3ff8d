"""python guard.py SIGNAL PROGRAM [ARGUMENT…]: runs a program for as long as standard input is open.

The emulator holds the other end, so that a killed emulator leaves no server behind. This file imports nothing of the
emulator: it starts in milliseconds.
"""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys

# The sandbox gives a process four seconds to end.
GRACE_SECONDS = 3


def main(argv: list[str]) -> int:
    number, *command = argv
    woken, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.set_wakeup_fd(wake)
    for each in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD):
        signal.signal(each, lambda *_: None)
    # Its own session: what ends the emulator's group must not end the server before this one does.
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)  # noqa: S603
    while child.poll() is None and not _must_end(woken):
        pass
    if child.poll() is None:
        child.send_signal(int(number))
        try:
            child.wait(GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
    return child.wait()


def _must_end(woken: int) -> bool:
    ready, _, _ = select.select([sys.stdin.fileno(), woken], [], [])
    if woken in ready and any(each != signal.SIGCHLD for each in os.read(woken, 64)):
        return True
    return sys.stdin.fileno() in ready


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
