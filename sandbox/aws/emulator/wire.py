"""HTTP request -> which service, operation and region, and with which parameters."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass, field
from typing import Any

from moto.core.model import OperationModel, ServiceModel
from moto.core.request import Request
from werkzeug.exceptions import HTTPException

from . import decode_json, decode_query, decode_rest, models, validation
from .http_request import HttpRequest
from .violations import Kind, Violation


@dataclass
class Call:
    service: str
    region: str
    protocol: str
    operation: str
    model: OperationModel | None = None
    params: dict[str, Any] = field(default_factory=dict)
    violations: list[Violation] = field(default_factory=list)

    @property
    def mutating(self) -> bool:
        return not self.dry_run and models.is_mutating(self.service, self.operation)

    @property
    def dry_run(self) -> bool:
        """Whether EC2 is only asked what it would answer."""
        return self.protocol == "ec2" and bool(self.params.get("DryRun"))


def resolve(request: HttpRequest, environ: dict[str, Any], signing_name: str, region: str) -> Call:
    """Never raises: what is not known is a Call without a model."""
    choices = []
    for model in models.candidates(signing_name):
        protocol = _protocol(model, request)
        if not _versions_agree(model, protocol, request):
            continue
        call = _match(model, protocol, request, environ, region)
        if call is not None:
            choices.append(call)
    if choices:
        # Services that share a signing name share most operations: the first that fits the parameters is meant.
        return next((c for c in choices if not c.violations), choices[0])
    names = models.candidates(signing_name)
    service = names[0] if names else None
    return Call(
        service=service.service_name if service else signing_name,
        region=region,
        protocol=_protocol(service, request) if service else "rest-json",
        operation=_asked_for(request),
    )


def _protocol(model: ServiceModel, request: HttpRequest) -> str:
    supported = model.metadata.get("protocols", [model.protocol])
    if request.header("smithy-protocol") == "rpc-v2-cbor":
        return "smithy-rpc-v2-cbor"
    for name in supported:
        if name == "json" and request.header("x-amz-target"):
            return name
        if name in ("query", "ec2") and _asked_for_action(request):
            return name
        if name in ("rest-json", "rest-xml"):
            return name
    return supported[-1]


def _asked_for_action(request: HttpRequest) -> str:
    return next((v for k, v in [*request.form, *request.query] if k == "Action"), "")


def _asked_for(request: HttpRequest) -> str:
    target = request.header("x-amz-target") or ""
    return _asked_for_action(request) or target.rpartition(".")[2] or f"{request.method} {request.raw_path}"


def _versions_agree(model: ServiceModel, protocol: str, request: HttpRequest) -> bool:
    """Classic and new load balancers share a signing name and are told apart by the API version only."""
    if protocol != "query" or model.service_name not in ("elb", "elbv2"):
        return True
    asked = next((v for k, v in [*request.form, *request.query] if k == "Version"), None)
    return asked in (None, model.api_version)


def _match(
    model: ServiceModel, protocol: str, request: HttpRequest, environ: dict[str, Any], region: str
) -> Call | None:
    try:
        raw = Request({**environ, "wsgi.input": io.BytesIO(request.body)})
        operation, uri = models.router(model.service_name).match(raw)
    except (HTTPException, NotImplementedError):
        return None
    call = Call(model.service_name, region, protocol, operation.name, operation)
    call.params = _params(operation, protocol, request, uri, call.violations)
    call.violations += validation.check(operation.input_shape, call.params)
    if protocol == "query" or protocol == "ec2":
        version = next((v for k, v in [*request.form, *request.query] if k == "Version"), None)
        if version is None:
            call.violations.append(Violation(Kind.MISSING, "Version", "Member must not be null"))
    return call


def _params(
    operation: OperationModel,
    protocol: str,
    request: HttpRequest,
    uri: dict[str, Any],
    found: list[Violation],
) -> dict[str, Any]:
    shape = operation.input_shape
    if protocol in ("query", "ec2"):
        pairs = request.form or request.query
        return decode_query.decode(shape, pairs, protocol == "ec2", found)
    if protocol in ("rest-json", "rest-xml"):
        return decode_rest.decode(operation, request, uri, protocol == "rest-xml", found)
    try:
        document = json.loads(request.body or b"{}")
    except ValueError:
        found.append(Violation(Kind.TYPE, "body", "The document is not well-formed JSON"))
        return {}
    if shape is None:
        return {}
    decoded = decode_json.decode(shape, document, "", found)
    return {} if decoded is decode_json.SKIP else decoded
