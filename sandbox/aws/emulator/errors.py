"""Errors as AWS sends them: one vocabulary inside, each protocol's own shape on the wire."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass, field
from typing import Any
from xml.sax.saxutils import escape


class AwsError(Exception):
    """A refusal with the code, the HTTP status and the extra members AWS would give."""

    def __init__(self, code: str, message: str, status: int = 400, **members: Any) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status
        self.members = members


@dataclass
class Answer:
    status: int
    body: bytes = b""
    headers: list[tuple[str, str]] = field(default_factory=list)
    error_code: str | None = None


def render(error: AwsError, protocol: str, service: str) -> Answer:
    request_id = str(uuid.uuid4())
    headers = [("x-amzn-RequestId", request_id)]
    if protocol in ("json", "rest-json", "smithy-rpc-v2-cbor"):
        body = {"message": error.message, **error.members}
        headers.append(("x-amzn-ErrorType", error.code))
        if protocol == "rest-json":
            headers.append(("Content-Type", "application/json"))
        else:
            body = {"__type": error.code, **body}
            headers.append(("Content-Type", "application/x-amz-json-1.1"))
        return Answer(error.status, json.dumps(body).encode(), headers, error.code)
    text = _xml(error, protocol, service, request_id)
    headers.append(("Content-Type", "text/xml"))
    return Answer(error.status, text.encode(), headers, error.code)


def _xml(error: AwsError, protocol: str, service: str, request_id: str) -> str:
    code, message = escape(error.code), escape(error.message)
    declaration = '<?xml version="1.0" encoding="UTF-8"?>\n'
    inner = f"<Code>{code}</Code><Message>{message}</Message>"
    if protocol == "ec2":
        errors = f"<Errors><Error>{inner}</Error></Errors>"
        return f"{declaration}<Response>{errors}<RequestID>{request_id}</RequestID></Response>"
    if service == "s3":
        return f"{declaration}<Error>{inner}<RequestId>{request_id}</RequestId></Error>"
    fault = "Sender" if error.status < 500 else "Receiver"
    wrapped = f"<Error><Type>{fault}</Type>{inner}</Error><RequestId>{request_id}</RequestId>"
    return f"{declaration}<ErrorResponse>{wrapped}</ErrorResponse>"
