"""maxResults and nextToken."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from typing import Any

from .errors import invalid_parameter

DEFAULT_PAGE = 100


def page(name: str, items: Sequence[Any], params: dict[str, Any]) -> dict[str, Any]:
    start = 0
    token = params.get("nextToken")
    if token:
        try:
            start = int(base64.urlsafe_b64decode(token.encode()).decode())
        except (ValueError, binascii.Error) as error:
            raise invalid_parameter("Invalid nextToken.") from error
    end = start + params.get("maxResults", DEFAULT_PAGE)
    result: dict[str, Any] = {name: list(items[start:end])}
    if end < len(items):
        result["nextToken"] = base64.urlsafe_b64encode(str(end).encode()).decode()
    return result
