"""Runs the stores of a service on this machine.

python -m gennet_service_kit.testing [--stores NAME,...] [-- COMMAND...]

With a command, runs it with the variables that lead to the stores, which end with it. Without one,
prints the variables and keeps the stores until Ctrl-C. The stores are those whose drivers are
installed, unless they are named: postgres, redis, neo4j.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from importlib import import_module
from importlib.util import find_spec

from .server_process import ServerError

Serve = Callable[[], AbstractContextManager[Mapping[str, str]]]
"""Runs a store; yields the variables with which a service finds it."""

DRIVERS = {"neo4j": "neo4j", "postgres": "asyncpg", "redis": "redis"}
"""The package that a service needs for each store."""


def main(words: Sequence[str]) -> int:
    """Returns the exit code of the command, or 0."""
    options, command = split(words)
    names = [name for name, driver in DRIVERS.items() if find_spec(driver)]
    if options[:1] == ["--stores"] and len(options) == 2:
        names = options[1].split(",")
    elif options:
        names = []
    if not names or not DRIVERS.keys() >= set(names):
        print(__doc__, file=sys.stderr)
        return 2
    return serve([store(name) for name in names], command)


def split(words: Sequence[str]) -> tuple[list[str], list[str]]:
    """Returns the options, and the command after the first "--"."""
    end = words.index("--") if "--" in words else len(words)
    return list(words[:end]), list(words[end + 1 :])


def store(name: str) -> Serve:
    """Imports what runs the store: only then, for the others' drivers may be missing."""
    serve: Serve = import_module(f".{name}", __package__).serve
    return serve


def serve(stores: Sequence[Serve], command: Sequence[str]) -> int:
    """Runs the stores until the command has ended, or until a signal comes."""
    signal.signal(signal.SIGTERM, end)
    with ExitStack() as running:
        variables: dict[str, str] = {}
        try:
            for each in stores:
                variables |= running.enter_context(each())
        except ServerError as error:
            print(error, file=sys.stderr)
            return 1
        if command:
            return run(command, variables)
        for name, value in variables.items():
            print(f"{name}={value}", flush=True)
        signal.pause()
    return 0


def run(command: Sequence[str], variables: Mapping[str, str]) -> int:
    """Runs the command with the variables; passes SIGTERM on to it. Returns its exit code."""
    process: subprocess.Popen[bytes] | None = None
    ends = False

    def pass_on(*_: object) -> None:
        nonlocal ends
        ends = True
        if process is not None:
            process.terminate()

    signal.signal(signal.SIGTERM, pass_on)
    # The terminal sends it to the command as well, which decides when to end.
    signal.signal(signal.SIGINT, lambda *_: None)
    try:
        process = subprocess.Popen(command, env={**os.environ, **variables})  # noqa: S603  (the user's own)
    except OSError as error:
        print(error, file=sys.stderr)
        return 127
    if ends:
        process.terminate()
    code = process.wait()
    return code if code >= 0 else 128 - code


def end(number: int, _: object) -> None:
    """Ends the process as its signal would, after the stores have ended."""
    raise SystemExit(128 + number)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
