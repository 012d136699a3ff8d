"""Query and EC2 protocol parameters -> parameters by member name.

The flat names are made a tree first; whatever the shape did not take from the tree is unknown.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field
from typing import Any

from botocore.model import Shape

from .violations import Kind, Violation

PROTOCOL_MEMBERS = {"Action", "Version", "ContentType", "Timestamp", "Expires"}
ABSENT = object()


@dataclass
class Node:
    path: str
    value: str | None = None
    children: dict[str, Node] = field(default_factory=dict)
    taken: bool = False


def decode(shape: Shape | None, pairs: list[tuple[str, str]], ec2: bool, found: list[Violation]) -> dict[str, Any]:
    root = _tree([(k, v) for k, v in pairs if k not in PROTOCOL_MEMBERS and not k.startswith("X-Amz-")])
    value = Reader(ec2, found).structure(shape, root) if shape is not None else {}
    _report_untaken(root, found)
    return value


def _tree(pairs: list[tuple[str, str]]) -> Node:
    root = Node("")
    for key, value in pairs:
        node, at = root, ""
        for part in key.split("."):
            at = f"{at}.{part}" if at else part
            node = node.children.setdefault(part, Node(at))
        node.value = value
    return root


def _report_untaken(node: Node, found: list[Violation]) -> None:
    if node.value is not None and not node.taken:
        found.append(Violation(Kind.UNKNOWN, node.path, "Member is not known to this operation"))
    for child in node.children.values():
        _report_untaken(child, found)


class Reader:
    def __init__(self, ec2: bool, found: list[Violation]) -> None:
        self._ec2 = ec2
        self._found = found

    def structure(self, shape: Shape, node: Node) -> dict[str, Any]:
        node.taken = True
        result = {}
        for name, member in shape.members.items():
            child = self._member_node(member, name, node)
            if child is not None:
                value = self._value(member, child)
                if value is not ABSENT:
                    result[name] = value
        return result

    def _member_node(self, member: Shape, name: str, parent: Node) -> Node | None:
        own = parent.children.get(self._name(member, name))
        if own is None and self._flattened(member):
            # A flattened list may be called by its element's name instead of its own.
            element = self._name(member.member, "") if member.type_name == "list" else ""
            return parent.children.get(element) if element else None
        return own

    def _name(self, shape: Shape, default: str) -> str:
        traits = shape.serialization
        if self._ec2:
            if "queryName" in traits:
                return traits["queryName"]
            name = traits.get("name", "")
            return name[:1].upper() + name[1:] if name else default
        return traits.get("locationNameForQueryCompatibility") or traits.get("name", default)

    def _flattened(self, shape: Shape) -> bool:
        return not self._ec2 and bool(shape.serialization.get("flattened"))

    def _value(self, shape: Shape, node: Node) -> Any:
        kind = shape.type_name
        if kind == "structure":
            return self.structure(shape, node) if node.children else ABSENT
        if kind == "list":
            return self._list(shape, node)
        if kind == "map":
            return self._map(shape, node)
        if node.value is None:
            return ABSENT
        node.taken = True
        return self._scalar(kind, node)

    def _list(self, shape: Shape, node: Node) -> Any:
        # An empty list is sent as an empty value.
        if node.value == "":
            node.taken = True
            return []
        holder: Node | None = node
        if not self._ec2 and not self._flattened(shape):
            holder = node.children.get(self._name(shape.member, "member")) or node.children.get("member")
        if holder is None:
            return ABSENT
        return self._numbered(holder, lambda child: self._value(shape.member, child))

    def _map(self, shape: Shape, node: Node) -> Any:
        holder = node if self._flattened(shape) else node.children.get("entry")
        if holder is None:
            return ABSENT
        key_name, value_name = self._name(shape.key, "key"), self._name(shape.value, "value")

        def pair(child: Node) -> Any:
            key, value = child.children.get(key_name), child.children.get(value_name)
            if key is None or value is None:
                return ABSENT
            return self._value(shape.key, key), self._value(shape.value, value)

        return dict(self._numbered(holder, pair))

    @staticmethod
    def _numbered(holder: Node, read: Any) -> list[Any]:
        numbered = sorted((int(k), child) for k, child in holder.children.items() if k.isdigit())
        values = (read(child) for _, child in numbered)
        return [value for value in values if value is not ABSENT]

    def _scalar(self, kind: str, node: Node) -> Any:
        text = node.value or ""
        try:
            if kind in ("integer", "long"):
                return int(text)
            if kind in ("float", "double"):
                return float(text)
            if kind == "blob":
                return base64.b64decode(text, validate=True)
        except (ValueError, binascii.Error):
            return self._wrong(node, kind)
        if kind == "boolean":
            lowered = text.lower()
            return lowered == "true" if lowered in ("true", "false") else self._wrong(node, kind)
        return text

    def _wrong(self, node: Node, kind: str) -> Any:
        self._found.append(Violation(Kind.TYPE, node.path, f"Expected a value of type {kind}"))
        return ABSENT
