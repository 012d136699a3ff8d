"""MaxRecords and Marker, with which RDS and ElastiCache page."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from typing import Any

from .refusals import invalid_value

DEFAULT_PAGE = 100


def page(name: str, items: Sequence[Any], params: dict[str, Any]) -> dict[str, Any]:
    size = params.get("MaxRecords", DEFAULT_PAGE)
    if not 20 <= size <= 100:
        raise invalid_value(f"Invalid value {size} for MaxRecords. Must be between 20 and 100")
    start = _offset(params.get("Marker"))
    result: dict[str, Any] = {name: list(items[start : start + size])}
    if start + size < len(items):
        result["Marker"] = base64.urlsafe_b64encode(str(start + size).encode()).decode()
    return result


def _offset(marker: str | None) -> int:
    if not marker:
        return 0
    try:
        return int(base64.urlsafe_b64decode(marker.encode()).decode())
    except (ValueError, binascii.Error) as error:
        raise invalid_value("The marker is invalid.") from error
