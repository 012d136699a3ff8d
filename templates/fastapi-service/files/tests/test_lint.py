import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
OPTIONS = ["--select", "TID251", "--output-format", "concise"]


def banned(code: str, place: str) -> list[str]:
    """The lines that ruff gives for code at that place."""
    file = ROOT / "src" / "<%= it.package %>" / place
    run = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "ruff", "check", *OPTIONS, "--stdin-filename", str(file), "-"],
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
        "from httpx import Client\n",
        'import httpx as h\nh.get("http://stock")\n',
        "import requests\n",
        "from urllib.request import urlopen\n",
        "import aiohttp.client\n",
    ],
)
def test_no_other_client_than_those_with_a_circuit_breaker_can_be_made(code: str) -> None:
    assert len(banned(code, "items/api.py")) == 1
    assert banned("import httpx\n\nerror = httpx.HTTPError\n", "items/api.py") == []
