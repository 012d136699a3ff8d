"""Who answers a call that was found correct: us, or moto with our corrections around it."""

from __future__ import annotations

import uuid
from typing import Any

from moto.core.serialize import SerializationContext, XFormedAttributePicker, get_serializer_class

from . import identity, permissions, s3_writes, service_quotas, vpc_encryption
from .credentials import Credential
from .errors import Answer
from .http_request import HttpRequest
from .wire import Call
from .world import World

# Services of which we answer few calls; moto answers the others.
_PARTIAL = {"ec2": vpc_encryption.answer, "service-quotas": service_quotas.answer}


class Operations:
    def __init__(self, world: World) -> None:
        self._world = world

    def answer(
        self, request: HttpRequest, environ: dict[str, Any], call: Call, credential: Credential | None
    ) -> Answer:
        world = self._world
        principal = credential.principal if credential else None
        arrived = s3_writes.arrive(call)
        with world.lock:
            permissions.check(call, principal)
            s3_writes.check(call, arrived, world.config.account_id)
            if call.service == "eks" and principal:
                return serialized(call, world.eks.answer(call.region, call.operation, call.params, principal))
            services = {"rds": world.rds, "elasticache": world.elasticache, "ecr": world.registries}
            if call.service in services and principal:
                own = services[call.service].answer(call.region, call.operation, call.params, principal)
                if own is not None:
                    return serialized(call, own)
            if (call.service, call.operation) == ("sts", "GetCallerIdentity") and principal:
                return serialized(call, identity.caller_identity(principal))
            if (call.service, call.operation) == ("sts", "AssumeRole") and principal:
                identity.check_assume_role(principal, call.params)
            if call.service in _PARTIAL:
                own = _PARTIAL[call.service](call, world.config.account_id)
                if own is not None:
                    return serialized(call, own)
            replayed = world.lifecycles.before(call)
            if replayed is not None:
                return replayed
            answer = world.moto.call(request, environ, f"{call.service}:{call.operation}")
            world.lifecycles.after(call, answer)
            s3_writes.after(call, answer)
            return answer


def serialized(call: Call, result: Any) -> Answer:
    assert call.model is not None
    request_id = str(uuid.uuid4())
    # A list may have objects of moto beside ours.
    picker = XFormedAttributePicker() if call.service in ("rds", "elasticache") else None
    serializer = get_serializer_class(call.service, call.protocol)(
        call.model, SerializationContext(request_id), value_picker=picker
    )
    response = serializer.serialize(result)
    body = response["body"]
    data = body.encode() if isinstance(body, str) else body
    return Answer(response["status_code"], data, [*response["headers"].items(), ("x-amzn-RequestId", request_id)])
