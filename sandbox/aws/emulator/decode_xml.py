"""XML bodies (Route 53, S3) -> parameters by member name."""

from __future__ import annotations

from typing import Any
from xml.etree.ElementTree import Element

from botocore.model import Shape

from .violations import Kind, Violation


def decode(shape: Shape, node: Element, path: str, found: list[Violation]) -> Any:
    kind = shape.type_name
    if kind == "structure":
        return _structure(shape, node, path, found)
    if kind == "list":
        return [decode(shape.member, child, f"{path}.{i}", found) for i, child in enumerate(node, 1)]
    if kind == "map":
        pairs = (list(entry) for entry in node)
        return {p[0].text or "": decode(shape.value, p[1], path, found) for p in pairs if len(p) == 2}
    return _scalar(kind, node.text or "", path, found)


def _structure(shape: Shape, node: Element, path: str, found: list[Violation]) -> dict[str, Any]:
    by_tag = {}
    for name, member in shape.members.items():
        if "location" in member.serialization:
            continue
        tag = member.serialization.get("name", name)
        if member.type_name == "list" and member.serialization.get("flattened"):
            tag = member.member.serialization.get("name", tag)
        by_tag[tag] = name
    result: dict[str, Any] = {}
    for child in node:
        tag = child.tag.rpartition("}")[2]
        at = f"{path}.{tag}" if path else tag
        name = by_tag.get(tag)
        if name is None:
            found.append(Violation(Kind.UNKNOWN, at, "Member is not known to this operation"))
            continue
        member = shape.members[name]
        if member.type_name == "list" and member.serialization.get("flattened"):
            result.setdefault(name, []).append(decode(member.member, child, at, found))
        else:
            value = decode(member, child, at, found)
            if value is not None:
                result[name] = value
    for name, member in shape.members.items():
        if member.serialization.get("xmlAttribute"):
            local = member.serialization["name"].rpartition(":")[2]
            for key, value in node.attrib.items():
                if key.rpartition("}")[2] == local:
                    result[name] = value
    return result


def _scalar(kind: str, text: str, path: str, found: list[Violation]) -> Any:
    try:
        if kind in ("integer", "long"):
            return int(text)
        if kind in ("float", "double"):
            return float(text)
    except ValueError:
        found.append(Violation(Kind.TYPE, path, f"Expected a value of type {kind}"))
        return None
    if kind == "boolean":
        if text not in ("true", "false"):
            found.append(Violation(Kind.TYPE, path, "Expected true or false"))
            return None
        return text == "true"
    return text
