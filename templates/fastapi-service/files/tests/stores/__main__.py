"""Runs the stores of this service on this machine: python -m tests.stores [-- COMMAND…].

With a command it is run with the variables that lead to them, and the stores end with it. Without
one the variables are printed, and the stores run until Ctrl-C.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack

<% const stores = ["neo4j", "postgres", "redis"].filter((store) => it[store]); -%>
from . import <%= stores.join(", ") %>
from .server_process import ServerError

Serve = Callable[[], AbstractContextManager[Mapping[str, str]]]
"""Runs a store; gives the variables with which the service finds it."""

STORES: Sequence[Serve] = [<%= stores.map((store) => `${store}.serve`).join(", ") %>]


def main(words: Sequence[str]) -> int:
    """Answers the exit code of the command, or 0."""
    if words and words[0] != "--":
        print(__doc__, file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, end)
    with ExitStack() as running:
        variables: dict[str, str] = {}
        try:
            for serve in STORES:
                variables |= running.enter_context(serve())
        except ServerError as error:
            print(error, file=sys.stderr)
            return 1
        if words:
            return run(words[1:], variables)
        for name, value in variables.items():
            print(f"{name}={value}", flush=True)
        signal.pause()
    return 0


def run(command: Sequence[str], variables: Mapping[str, str]) -> int:
    process: subprocess.Popen[bytes] | None = None
    ends = False

    def pass_on(*_: object) -> None:
        nonlocal ends
        ends = True
        if process is not None:
            process.terminate()

    signal.signal(signal.SIGTERM, pass_on)
    # The terminal tells the command as well, which ends as it sees fit.
    signal.signal(signal.SIGINT, lambda *_: None)
    try:
        process = subprocess.Popen(command, env={**os.environ, **variables})  # noqa: S603
    except OSError as error:
        print(error, file=sys.stderr)
        return 127
    if ends:
        process.terminate()
    code = process.wait()
    return code if code >= 0 else 128 - code


def end(number: int, _: object) -> None:
    raise SystemExit(128 + number)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
