from collections.abc import Iterator

import pytest
import structlog
from structlog.typing import EventDict


@pytest.fixture
def log() -> Iterator[list[EventDict]]:
    """The events of the log, with what is bound to the request."""
    with structlog.testing.capture_logs([structlog.contextvars.merge_contextvars]) as events:
        yield events
