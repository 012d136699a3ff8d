"""JSON document -> parameters by member name, noting what the shape does not know or cannot hold."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from botocore.model import Shape

from .violations import Kind, Violation

SKIP = object()
INTEGERS = {"integer", "long", "short", "byte"}


def decode(shape: Shape, value: Any, path: str, found: list[Violation]) -> Any:
    """The decoded value, or SKIP when it has the wrong type (which is then in `found`)."""
    kind = shape.type_name
    if kind == "structure":
        return _structure(shape, value, path, found)
    if kind == "list":
        if not isinstance(value, list):
            return _wrong(path, "a list", found)
        items = [decode(shape.member, v, f"{path}.{i}.member", found) for i, v in enumerate(value, 1)]
        return [item for item in items if item is not SKIP]
    if kind == "map":
        if not isinstance(value, dict):
            return _wrong(path, "a map", found)
        pairs = {k: decode(shape.value, v, f"{path}.{k}", found) for k, v in value.items() if v is not None}
        return {k: v for k, v in pairs.items() if v is not SKIP}
    return _scalar(kind, value, path, found)


def _structure(shape: Shape, value: Any, path: str, found: list[Violation]) -> Any:
    if getattr(shape, "is_document_type", False):
        return value
    if not isinstance(value, dict):
        return _wrong(path, "a structure", found)
    members = {
        member.serialization.get("name", name): name
        for name, member in shape.members.items()
        if "location" not in member.serialization
    }
    result = {}
    for key, item in value.items():
        at = f"{path}.{key}" if path else key
        name = members.get(key)
        if name is None:
            if key != "__type":
                found.append(Violation(Kind.UNKNOWN, at, "Member is not known to this operation"))
        elif item is not None:
            decoded = decode(shape.members[name], item, at, found)
            if decoded is not SKIP:
                result[name] = decoded
    return result


def _scalar(kind: str, value: Any, path: str, found: list[Violation]) -> Any:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if kind == "string" or kind == "character":
        return value if isinstance(value, str) else _wrong(path, "a string", found)
    if kind in INTEGERS:
        return value if number and value == int(value) else _wrong(path, "an integer", found)
    if kind in ("float", "double"):
        return value if number or value in ("NaN", "Infinity", "-Infinity") else _wrong(path, "a number", found)
    if kind == "boolean":
        return value if isinstance(value, bool) else _wrong(path, "a boolean", found)
    if kind == "timestamp":
        return value if number or isinstance(value, str) else _wrong(path, "a timestamp", found)
    if kind == "blob":
        try:
            return base64.b64decode(value, validate=True)
        except (binascii.Error, TypeError, ValueError):
            return _wrong(path, "base64", found)
    return value


def _wrong(path: str, expected: str, found: list[Violation]) -> Any:
    found.append(Violation(Kind.TYPE, path or "body", f"Expected {expected}"))
    return SKIP
