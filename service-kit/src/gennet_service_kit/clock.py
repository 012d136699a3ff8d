"""The one type for time that only grows."""

from collections.abc import Callable

Clock = Callable[[], float]
"""Returns seconds that only grow, such as time.monotonic."""
