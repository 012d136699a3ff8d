"""The processes of the service."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import httpx

from gennet_service_kit.testing.server_process import HOST, free_port

END_SECONDS = 10.0
# What a caller waits at most: longer than the service lets any request take.
PATIENCE = httpx.Timeout(60)


class Replica:
    """One process, and the client that asks it."""

    def __init__(self, module: str, environment: Mapping[str, str], log: Path) -> None:
        self.port = free_port()
        self.serving = False
        """Whether traffic goes to it: not while it is stopped, nor after its preStop hook began."""
        self.client = httpx.AsyncClient(base_url=f"http://{HOST}:{self.port}", timeout=PATIENCE)
        self.asking = 0
        """The requests that it has yet to answer."""
        self._module = module
        inherited = {key: text for key, text in os.environ.items() if not key.startswith("OTEL_")}
        self._environment = {**inherited, **environment, "APP_PORT": str(self.port)}
        self._log = log
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Returns when it answers at all: whatever is wrong with its stores."""
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", self._module, env=self._environment, stdout=log, stderr=log
            )
        async with asyncio.timeout(60):
            while not await self._lives():
                if self._process.returncode is not None:
                    raise RuntimeError(self._log.read_text()[-4000:])
                await asyncio.sleep(0.05)
        self.serving = True

    async def _lives(self) -> bool:
        try:
            return (await self.client.get("/health/live")).is_success
        except httpx.TransportError:
            return False

    async def ready(self) -> dict[str, str] | None:
        """Returns its checks where it is ready."""
        answer = await self.client.get("/health/ready")
        return dict(answer.json()["checks"]) if answer.is_success else None

    async def stop(self) -> str | None:
        """Ends it as Kubernetes does behind a preStop hook. Returns what was wrong with the end."""
        process = self._process
        if process is None or process.returncode is not None:
            return "it had ended by itself"
        # Since the hook began nobody sends requests here; those that were sent are running.
        self.serving = False
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        try:
            code = await asyncio.wait_for(process.wait(), 60)
        except TimeoutError:
            process.kill()
            await process.wait()
            return "it did not end within 60 s of SIGTERM"
        took = time.monotonic() - began
        # The server ends by the signal itself, once it has answered.
        if code not in (0, -signal.SIGTERM):
            return f"it ended with {code}"
        return None if took <= END_SECONDS else f"it ended {took:.1f} s after SIGTERM"

    async def close(self) -> None:
        """Ends it in any case."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()
        await self.client.aclose()
