"""AWS's example answers -> the bytes that AWS would send.

Reads a JSON list of {service, operation, answer} and writes, for each of them, {status, headers, body (base64),
unknown}, or {problem} if the answer does not fit the output of the operation in AWS's model. `unknown` lists the
members that the model does not have.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import sys
import urllib.parse
from datetime import UTC, datetime
from functools import cache
from typing import Any

from botocore.loaders import Loader
from botocore.model import Shape
from dateutil import parser as dates
from moto.core.model import ServiceModel
from moto.core.serialize import get_serializer_class

PROTOCOLS = ("json", "query", "ec2", "rest-json", "rest-xml")


class Misfit(Exception):
    """A value does not fit its shape; the text names the member."""


@cache
def model_of(service: str) -> ServiceModel:
    return ServiceModel(Loader().load_service_model(service, "service-2"), service)


def fitted(shape: Shape, value: Any, path: str, unknown: list[str]) -> Any:
    kind = shape.type_name
    if kind == "structure":
        if not isinstance(value, dict):
            raise Misfit(f"{path} is no structure")
        unknown += [f"{path}.{name}".lstrip(".") for name in value if name not in shape.members]
        return {
            name: fitted(member, value[name], f"{path}.{name}", unknown)
            for name, member in shape.members.items()
            if value.get(name) is not None
        }
    if kind == "list":
        if not isinstance(value, list):
            raise Misfit(f"{path} is no list")
        return [fitted(shape.member, each, f"{path}[]", unknown) for each in value]
    if kind == "map":
        if not isinstance(value, dict):
            raise Misfit(f"{path} is no map")
        return {key: fitted(shape.value, each, f"{path}[]", unknown) for key, each in value.items()}
    return scalar(kind, value, path)


def scalar(kind: str, value: Any, path: str) -> Any:
    try:
        if kind == "timestamp":
            if isinstance(value, int | float) or re.fullmatch(r"\d+(\.\d+)?", value):
                return datetime.fromtimestamp(float(value), UTC)
            moment = dates.parse(value)
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
        if kind == "blob":
            return base64.b64decode(value, validate=True)
        if kind in ("integer", "long"):
            return int(value)
        if kind in ("float", "double"):
            return float(value)
    except (TypeError, ValueError, OverflowError, binascii.Error) as error:
        raise Misfit(f"{path} is no {kind}: {value!r}") from error
    if kind == "boolean":
        if value not in (True, False, "true", "false"):
            raise Misfit(f"{path} is no boolean: {value!r}")
        return value in (True, "true")
    if value == "<URL-encoded-JSON>":
        # So AWS abbreviates policy documents.
        value = {"Version": "2012-10-17", "Statement": []}
    if isinstance(value, dict | list):
        # The CLI prints policy documents decoded: they are URL-encoded JSON in the answer.
        return urllib.parse.quote(json.dumps(value))
    return str(value)


def wire(service: str, operation: str, answer: dict[str, Any]) -> dict[str, Any]:
    model = model_of(service)
    found = model.operation_model(operation)
    unknown: list[str] = []
    shape = found.output_shape
    try:
        value = {} if shape is None else fitted(shape, answer, "", unknown)
    except Misfit as misfit:
        return {"problem": str(misfit)}
    payload = shape.serialization.get("payload") if shape else None
    if payload and shape.members[payload].type_name in ("blob", "string"):
        # The content of an object is not a part of its examples.
        value.setdefault(payload, b"")
    protocol = next(p for p in model.metadata.get("protocols", [model.protocol]) if p in PROTOCOLS)
    sent = get_serializer_class(service, protocol)(found).serialize(value)
    body = sent["body"].encode() if isinstance(sent["body"], str) else sent["body"]
    return {
        "status": sent["status_code"],
        "headers": dict(sent["headers"]),
        "body": base64.b64encode(body).decode(),
        "unknown": unknown,
    }


json.dump([wire(each["service"], each["operation"], each["answer"]) for each in json.load(sys.stdin)], sys.stdout)
