import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
OPTIONS = ["--select", "TID251", "--output-format", "concise"]


def banned(code: str) -> list[str]:
    """Returns the lines that Ruff refuses of a module of the service."""
    run = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "ruff", "check", *OPTIONS, "--stdin-filename", "src/any.py", "-"],
        input=code,
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert run.stderr == "" or run.returncode < 2, run.stderr
    return [line for line in run.stdout.splitlines() if "TID251" in line]


@pytest.mark.parametrize(
    "code",
    [
        "import httpx\nclient = httpx.AsyncClient()\n",
        "import httpx as h\nh.get('http://stock')\n",
        "import requests\n",
        "from urllib.request import urlopen\n",
    ],
)
def test_no_client_without_a_circuit_breaker_can_be_made(code: str) -> None:
    assert len(banned(code)) == 1


def test_the_errors_of_calls_can_be_caught() -> None:
    assert banned("import httpx\n\nerror = httpx.HTTPError\n") == []
