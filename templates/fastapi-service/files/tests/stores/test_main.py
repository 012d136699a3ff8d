import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from . import __main__ as stores
from .server_process import ServerError

ROOT = Path(__file__).parents[2]
SERVICE = [sys.executable, "-m", "<%= it.package %>"]


class Shelf:
    """In place of a store; knows whether it runs."""

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
def shelf(monkeypatch: pytest.MonkeyPatch) -> Iterator[Shelf]:
    shelf = Shelf()
    monkeypatch.setattr(stores, "STORES", [shelf.serve])
    before = {each: signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)}
    yield shelf
    for each, handler in before.items():
        signal.signal(each, handler)


def python(code: str) -> list[str]:
    return ["--", sys.executable, "-c", f"import os, signal\n{code}"]


@pytest.mark.parametrize(
    ("code", "answer"),
    [
        ("raise SystemExit(int(os.environ['APP_SHELF__PORT']))", 7),
        ("os.kill(os.getpid(), signal.SIGKILL)", 128 + signal.SIGKILL),
        # It ends as it is told to, after its parent was told.
        ("os.kill(os.getppid(), signal.SIGTERM)\nsignal.pause()", 128 + signal.SIGTERM),
        # From a terminal both are told, and the parent waits for what the command makes of it.
        ("os.kill(os.getppid(), signal.SIGINT)\nraise SystemExit(5)", 5),
    ],
)
def test_a_command_s_end_is_the_end_of_the_stores(shelf: Shelf, code: str, answer: int) -> None:
    assert stores.main(python(code)) == answer
    assert not shelf.runs


def test_a_store_that_does_not_start_ends_the_others(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(stores, "STORES", [shelf.serve, broken])

    assert stores.main([]) == 1
    assert "there is no server for it" in capsys.readouterr().err
    assert not shelf.runs


def test_a_command_that_is_not_there_is_named(
    shelf: Shelf, capsys: pytest.CaptureFixture[str]
) -> None:
    assert stores.main(["--", "no-such-program"]) == 127
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
        stores.main([])
    assert capsys.readouterr().out == "APP_SHELF__PORT=7\n"
    assert not shelf.runs


def test_the_service_runs_on_its_real_stores_and_ends_with_them() -> None:
    run = subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", "tests.stores", "--", *SERVICE],
        cwd=ROOT,
        env={**os.environ, "APP_PORT": "0"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert run.stdout is not None
    try:
        for line in run.stdout:
            event = json.loads(line)["event"]
            if "running on http" in event:
                break
        url = event.split("running on ")[1].split()[0]
        with httpx.Client(base_url=url) as client:
            made = client.post("/items", json={"name": "one"})
            found = client.get(made.headers["location"])
            assert (made.status_code, found.json()) == (201, made.json())
            assert client.get("/health/ready").status_code == 200
        run.send_signal(signal.SIGTERM)
        _, said = run.communicate(timeout=60)
    finally:
        run.kill()
        run.communicate()
    assert (run.returncode, said) == (128 + signal.SIGTERM, "")
