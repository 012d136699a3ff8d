import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from gennet_service_kit.testing import __main__ as stores
from gennet_service_kit.testing.server_process import ServerError


class Shelf:
    """In place of a store; records whether it runs."""

    def __init__(self) -> None:
        self.runs = False

    @contextmanager
    def serve(self) -> Iterator[dict[str, str]]:
        self.runs = True
        try:
            yield {"APP_SHELF__PORT": "7"}
        finally:
            self.runs = False


@contextmanager
def broken() -> Iterator[dict[str, str]]:
    raise ServerError("there is no server for it")
    yield {}


@pytest.fixture
def shelf() -> Iterator[Shelf]:
    shelf = Shelf()
    before = {each: signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)}
    yield shelf
    for each, handler in before.items():
        signal.signal(each, handler)


def python(code: str) -> list[str]:
    return [sys.executable, "-c", f"import os, signal\n{code}"]


@pytest.mark.parametrize(
    ("code", "answer"),
    [
        ("raise SystemExit(int(os.environ['APP_SHELF__PORT']))", 7),
        ("os.kill(os.getpid(), signal.SIGKILL)", 128 + signal.SIGKILL),
        # SIGTERM for its parent is passed on to it.
        ("os.kill(os.getppid(), signal.SIGTERM)\nsignal.pause()", 128 + signal.SIGTERM),
        # A terminal interrupts both, and the parent waits until the command has ended.
        ("os.kill(os.getppid(), signal.SIGINT)\nraise SystemExit(5)", 5),
    ],
)
def test_the_stores_end_with_the_command(shelf: Shelf, code: str, answer: int) -> None:
    assert stores.serve([shelf.serve], python(code)) == answer
    assert not shelf.runs


def test_a_store_that_does_not_start_ends_those_that_run(
    shelf: Shelf, capsys: pytest.CaptureFixture[str]
) -> None:
    assert stores.serve([shelf.serve, broken], []) == 1
    assert "there is no server for it" in capsys.readouterr().err
    assert not shelf.runs


def test_a_command_that_does_not_exist_is_named_in_the_error(
    shelf: Shelf, capsys: pytest.CaptureFixture[str]
) -> None:
    assert stores.serve([shelf.serve], ["no-such-program"]) == 127
    assert "no-such-program" in capsys.readouterr().err
    assert not shelf.runs


def test_without_a_command_the_variables_are_printed_and_the_stores_wait(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt() -> None:
        assert shelf.runs
        raise KeyboardInterrupt

    monkeypatch.setattr(signal, "pause", interrupt)

    with pytest.raises(KeyboardInterrupt):
        stores.serve([shelf.serve], [])
    assert capsys.readouterr().out == "APP_SHELF__PORT=7\n"
    assert not shelf.runs


@pytest.mark.parametrize("words", [["--stores", "postgres,no-such-store"], ["--stores"], ["-x"]])
def test_options_that_are_invalid_show_the_usage(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        stores.main(words)
    assert "[--stores NAME,...]" in capsys.readouterr().err


def test_the_migrations_are_those_of_alembic_s_configuration(tmp_path: Path) -> None:
    project = tmp_path / "pyproject.toml"
    assert stores.configured_migrations(project) is None
    project.write_text("[tool.ruff]\n")
    assert stores.configured_migrations(project) is None
    project.write_text('[tool.alembic]\nscript_location = "%(here)s/src/migrations"\n')
    assert stores.configured_migrations(project) == tmp_path / "src" / "migrations"


def test_a_command_finds_a_store_that_was_named(redis_url: str) -> None:
    finds = "import os, redis\nredis.Redis(port=int(os.environ['APP_REDIS__PORT'])).ping()"
    command = [sys.executable, "-m", stores.__package__ or "", "--stores", "redis", "--"]

    done = subprocess.run(  # noqa: S603  (this Python)
        [*command, *python(finds)], env={**os.environ, "TEST_REDIS_URL": redis_url}
    )

    assert done.returncode == 0
