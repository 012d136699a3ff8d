"""Checks decoded parameters against the operation's input shape."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from botocore.model import Shape

from .violations import Kind, Violation

NUMBERS = {"integer", "long", "short", "byte", "float", "double"}


def check(shape: Shape | None, params: dict[str, Any]) -> list[Violation]:
    found: list[Violation] = []
    if shape is not None:
        _walk(shape, params, "", found)
    return found


def _walk(shape: Shape, value: Any, path: str, found: list[Violation]) -> None:
    kind = shape.type_name
    if kind == "structure":
        _structure(shape, value, path, found)
    elif kind == "list":
        _bounds(shape, len(value), "length", path, found)
        for index, item in enumerate(value, 1):
            _walk(shape.member, item, f"{path}.{index}.member", found)
    elif kind == "map":
        _bounds(shape, len(value), "length", path, found)
        for key, item in value.items():
            _walk(shape.key, key, f"{path} key", found)
            _walk(shape.value, item, f"{path}.{key}", found)
    elif kind == "string":
        _string(shape, value, path, found)
    elif kind == "blob":
        _bounds(shape, len(value), "length", path, found)
    elif kind in NUMBERS:
        _bounds(shape, value, "value", path, found)


def _structure(shape: Shape, value: dict[str, Any], path: str, found: list[Violation]) -> None:
    if getattr(shape, "is_document_type", False):
        return
    prefix = f"{path}." if path else ""
    for name in getattr(shape, "required_members", []):
        if value.get(name) is None:
            found.append(Violation(Kind.MISSING, f"{prefix}{name}", "Member must not be null"))
    if getattr(shape, "is_tagged_union", False) and len(value) != 1:
        found.append(Violation(Kind.VALUE, path or shape.name, "Member must have exactly one union value"))
    for name, item in value.items():
        if item is not None:
            _walk(shape.members[name], item, f"{prefix}{name}", found)


def _string(shape: Shape, value: str, path: str, found: list[Violation]) -> None:
    allowed = getattr(shape, "enum", None)
    if allowed and value not in allowed:
        detail = f"Value {_shown(shape, value)}must satisfy enum value set: [{', '.join(allowed)}]"
        found.append(Violation(Kind.VALUE, path, detail))
        return
    _bounds(shape, len(value), "length", path, found)
    pattern = shape.metadata.get("pattern")
    if pattern and not _matches(pattern, value):
        shown = _shown(shape, value)
        found.append(Violation(Kind.VALUE, path, f"Value {shown}must satisfy regular expression pattern: {pattern}"))


def _bounds(shape: Shape, size: float, what: str, path: str, found: list[Violation]) -> None:
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    if low is not None and size < low:
        found.append(Violation(Kind.VALUE, path, f"Member must have {what} greater than or equal to {low}"))
    if high is not None and size > high:
        found.append(Violation(Kind.VALUE, path, f"Member must have {what} less than or equal to {high}"))


def _shown(shape: Shape, value: str) -> str:
    # A value that broke a constraint may still be somebody's secret.
    if shape.metadata.get("sensitive") or len(value) > 80:
        return ""
    return f"'{value}' "


def _matches(pattern: str, value: str) -> bool:
    compiled = _compiled(pattern)
    if compiled is None:
        return True
    # Services match a pattern against the whole value. The exception are Smithy's one-character patterns such
    # as \S, which mean "contains".
    if re.fullmatch(r"\\.|\[[^\]]*\]", pattern):
        return compiled.search(value) is not None
    return compiled.fullmatch(value) is not None


@cache
def _compiled(pattern: str) -> re.Pattern[str] | None:
    try:
        return re.compile(pattern)
    except (re.error, OverflowError):
        # Java's dialect (\p{L} and the like): AWS would check it, we cannot.
        return None
