"""Tags as lists of Key and Value, the same in RDS and ElastiCache."""

from __future__ import annotations

from .errors import AwsError
from .refusals import invalid_value

MAX_TAGS = 50


def read(tags: list[dict[str, str]] | None, known: dict[str, str] | None = None) -> dict[str, str]:
    """`known` with the given tags added."""
    result = dict(known or {})
    for tag in tags or []:
        key = tag.get("Key", "")
        if not 1 <= len(key) <= 128 or key.lower().startswith("aws:"):
            raise invalid_value(f"The tag key {key} is invalid: it is empty, too long, or has the prefix aws:.")
        result[key] = tag.get("Value", "")
    if len(result) > MAX_TAGS:
        raise AwsError("TagQuotaPerResourceExceeded", f"A resource can have up to {MAX_TAGS} tags.")
    return result


def shown(tags: dict[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]
