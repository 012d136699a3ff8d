"""python -m emulator --config FILE"""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
from pathlib import Path
from types import FrameType

from .config import ConfigError, load


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="emulator")
    parser.add_argument("--config", required=True, type=Path)
    path = parser.parse_args(argv).config
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s")
    try:
        config = load(path)
    except ConfigError as error:
        print(f"{path}: {error}", file=sys.stderr)  # noqa: T201
        return 2
    signal.signal(signal.SIGTERM, _end)
    signal.signal(signal.SIGINT, _end)
    from .upstream import prepare

    prepare(config.account_id)
    from . import authenticator, server
    from .world import World

    world = World(config)
    try:
        http = server.make(world)
        webhook = authenticator.start(world)
    except OSError as error:
        print(f"cannot listen: {error}", file=sys.stderr)  # noqa: T201
        return 1
    world.start()
    try:
        http.serve_forever()
    finally:
        if webhook:
            webhook.shutdown()
    return 0


def _end(signum: int, frame: FrameType | None) -> None:
    # Nothing here outlives the process, so nothing needs to be put in order first.
    os._exit(0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
