"""Runs the stores of a service on this machine, with the service or by themselves."""

import os
import signal
import subprocess
import sys
import tomllib
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from .server_process import ServerError

Serve = Callable[[], AbstractContextManager[Mapping[str, str]]]
"""Runs a store; yields the variables with which a service finds it."""

USAGE = (
    "python -m gennet_service_kit.testing [--stores NAME,...] [--migrations FOLDER] [-- COMMAND...]"
)
DESCRIPTION = """\
Runs a command with stores that are there for it alone, and ends them with it:
its variables APP_POSTGRES__HOST and the like lead to them. Without a command,
prints the variables and keeps the stores until Ctrl-C.
"""
DRIVERS = {"neo4j": "neo4j", "postgres": "asyncpg", "redis": "redis"}
"""The package that a service needs for each store."""


def main(words: Sequence[str]) -> int:
    """Returns the exit code of the command, or 0."""
    end = words.index("--") if "--" in words else len(words)
    parser = ArgumentParser(
        usage=USAGE, description=DESCRIPTION, formatter_class=RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--stores",
        type=store_names,
        default=[name for name, driver in DRIVERS.items() if find_spec(driver)],
        help="postgres, redis, neo4j; by default those whose drivers are installed",
    )
    parser.add_argument(
        "--migrations",
        type=Path,
        default=configured_migrations(Path("pyproject.toml")),
        help="what PostgreSQL's schema is made of; by default script_location of [tool.alembic]",
    )
    options = parser.parse_args(words[:end])
    return serve([store(name, options.migrations) for name in options.stores], words[end + 1 :])


def store_names(text: str) -> list[str]:
    """Returns the names of stores. Raises ValueError where one is unknown."""
    names = text.split(",")
    if not DRIVERS.keys() >= set(names):
        raise ValueError
    return names


def configured_migrations(project: Path) -> Path | None:
    """Returns the folder that Alembic's configuration in pyproject.toml names, if there is one."""
    if not project.exists():
        return None
    tools = tomllib.loads(project.read_text(encoding="utf-8")).get("tool", {})
    location = tools.get("alembic", {}).get("script_location")
    here = str(project.absolute().parent)
    return Path(location.replace("%(here)s", here)) if location else None


def store(name: str, migrations: Path | None) -> Serve:
    """Returns what runs the store; imports it only now, for other drivers may be missing."""
    serve: Callable[..., AbstractContextManager[Mapping[str, str]]]
    serve = import_module(f".{name}", __package__).serve
    if name == "postgres" and migrations is not None:
        from ..database.migrate import upgrade

        return partial(serve, partial(upgrade, folder=migrations))
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
