from datetime import UTC, datetime

import httpx
import pytest

from gennet_service_kit.calls.retry_after import retry_after

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("asked", "seconds"),
    [
        ("0", 0),
        ("7", 7),
        (" 7 ", 7),
        ("Fri, 02 Jan 2026 03:05:05 GMT", 60),
        ("Fri, 02 Jan 2026 03:05:05 -0000", 60),
        ("Fri, 02 Jan 2026 04:05:05 +0100", 60),
        ("Friday, 02-Jan-26 03:05:05 GMT", 60),
        ("Fri, 02 Jan 2026 03:04:04 GMT", 0),
        ("Mon, 01 Jan 0001 00:00:00 +2359", 0),
        ("", 0),
        ("-1", 0),
        ("1.5", 0),
        ("soon", 0),
        ("٣", 0),
        ("²", 0),
        ("Fri, 99 Jan 2026 99:99:99 GMT", 0),
        ("Fri, 02 Jan 99999999999999999999 03:04:05 GMT", 0),
        ("Fri, 02 Jan 2026 03:04:05 +99999999999999", 0),
        (", , , ,", 0),
    ],
)
def test_seconds_and_dates_are_understood_and_nothing_else_fails(
    asked: str, seconds: float
) -> None:
    response = httpx.Response(503, headers=[(b"retry-after", asked.encode())])
    assert retry_after(response, lambda: NOW) == seconds


@pytest.mark.parametrize("asked", ["9" * 400, "Fri, 31 Dec 9999 23:59:59 -2359"])
def test_absurd_waits_are_numbers_that_can_be_compared(asked: str) -> None:
    response = httpx.Response(503, headers={"retry-after": asked})
    assert retry_after(response, lambda: NOW) > 1e9


def test_no_header_is_no_wait() -> None:
    assert retry_after(httpx.Response(503)) == 0
