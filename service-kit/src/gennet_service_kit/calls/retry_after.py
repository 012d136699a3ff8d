"""The Retry-After header of answers."""

import time
from datetime import UTC
from email.utils import parsedate_to_datetime

import httpx

from ..clock import Clock


def retry_after(response: httpx.Response, wall_clock: Clock = time.time) -> float:
    """Returns the seconds that Retry-After asks for, as a number or as a date.

    0 where the header is missing, in the past or invalid. `wall_clock` returns Unix seconds.
    """
    asked = response.headers.get("retry-after", "").strip()
    if asked.isascii() and asked.isdecimal():
        return float(asked)
    try:
        date = parsedate_to_datetime(asked)
        # "-0000" is UTC of an unknown place, which the parser returns without a time zone.
        until = date.replace(tzinfo=date.tzinfo or UTC).timestamp()
    except (ValueError, TypeError, OverflowError, IndexError):
        return 0.0
    return max(0.0, until - wall_clock())
