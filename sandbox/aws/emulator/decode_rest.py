"""REST protocols: path, query string, headers and body -> parameters by member name."""

from __future__ import annotations

import json
from typing import Any
from xml.etree import ElementTree

from botocore.model import OperationModel, Shape

from . import decode_json, decode_xml
from .http_request import HttpRequest
from .violations import Kind, Violation

# Sent by SDKs beside what the model names.
SDK_QUERY = {"x-id"}


def decode(
    operation: OperationModel, request: HttpRequest, uri: dict[str, Any], xml: bool, found: list[Violation]
) -> dict[str, Any]:
    shape = operation.input_shape
    result: dict[str, Any] = {}
    known_query = set(SDK_QUERY) | set(operation.http_trait.query_args)
    open_query = False
    for name, member in (shape.members if shape else {}).items():
        location = member.serialization.get("location")
        wire_name = member.serialization.get("name", name)
        raw: Any = None
        if location == "uri":
            raw = uri.get(wire_name)
        elif location == "header":
            raw = request.header(wire_name)
        elif location == "headers":
            prefix = wire_name.lower()
            result[name] = {k[len(prefix) :]: v for k, v in request.headers.items() if k.startswith(prefix)}
        elif location == "querystring":
            open_query = open_query or member.type_name == "map"
            known_query.add(wire_name)
            values = [v for k, v in request.query if k == wire_name]
            raw = (values if member.type_name == "list" else values[0]) if values else None
        if raw is not None:
            value = _text(member, raw, wire_name, found)
            if value is not None:
                result[name] = value
    if not open_query:
        for key, _ in request.query:
            if key not in known_query and not key.lower().startswith("x-amz-"):
                found.append(Violation(Kind.UNKNOWN, key, "Query parameter is not known to this operation"))
    if shape is not None:
        result.update(_body(shape, request.body, xml, found))
    elif request.body.strip() not in (b"", b"{}"):
        found.append(Violation(Kind.UNKNOWN, "body", "This operation takes no body"))
    return result


def _text(shape: Shape, raw: Any, path: str, found: list[Violation]) -> Any:
    kind = shape.type_name
    try:
        if kind == "list":
            items = raw if isinstance(raw, list) else [part.strip() for part in raw.split(",")]
            return [_text(shape.member, item, path, found) for item in items]
        if kind in ("integer", "long"):
            return int(raw)
        if kind in ("float", "double"):
            return float(raw)
    except ValueError:
        found.append(Violation(Kind.TYPE, path, f"Expected a value of type {kind}"))
        return None
    if kind == "boolean":
        if raw.lower() not in ("true", "false"):
            found.append(Violation(Kind.TYPE, path, "Expected a boolean"))
            return None
        return raw.lower() == "true"
    if kind in ("map", "structure"):
        return None
    return raw


def _body(shape: Shape, body: bytes, xml: bool, found: list[Violation]) -> dict[str, Any]:
    payload = shape.serialization.get("payload")
    target = shape.members[payload] if payload else shape
    if payload and target.type_name in ("blob", "string"):
        value = body if target.type_name == "blob" else body.decode("utf-8", "replace")
        return {payload: value} if body else {}
    if not body.strip():
        return {}
    try:
        if xml:
            decoded = decode_xml.decode(target, ElementTree.fromstring(body), "", found)  # noqa: S314
        else:
            decoded = decode_json.decode(target, json.loads(body), "", found)
    except (ValueError, ElementTree.ParseError):
        found.append(Violation(Kind.TYPE, "body", "The document is not well-formed"))
        return {}
    if decoded is decode_json.SKIP:
        return {}
    return {payload: decoded} if payload else decoded
