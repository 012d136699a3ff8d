"""What is wrong with a request's parameters, and the code the service would use for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from .errors import AwsError


class Kind(Enum):
    UNKNOWN = "unknown member"
    MISSING = "missing"
    TYPE = "wrong type"
    VALUE = "constraint"


@dataclass(frozen=True)
class Violation:
    kind: Kind
    member: str
    detail: str

    def __str__(self) -> str:
        return f"{self.member}: {self.detail}"


# One code for whatever is wrong, for the services that do not use ValidationException / ValidationError.
ONE_CODE = {
    "eks": "InvalidParameterException",
    "ecr": "InvalidParameterException",
    "logs": "InvalidParameterException",
    "lambda": "InvalidParameterValueException",
    "route53": "InvalidInput",
    "s3": "InvalidArgument",
    "sns": "InvalidParameter",
}
# These tell a missing parameter from a wrong one.
TWO_CODES = {"rds", "neptune", "docdb", "elasticache", "sqs"}
EC2_CODES = {
    Kind.UNKNOWN: "UnknownParameter",
    Kind.MISSING: "MissingParameter",
    Kind.TYPE: "InvalidParameterValue",
    Kind.VALUE: "InvalidParameterValue",
}


def refusal(violations: Sequence[Violation], service: str, protocol: str) -> AwsError:
    first = violations[0]
    code = _code(first.kind, service, protocol)
    if protocol == "ec2":
        return AwsError(code, _ec2_message(first))
    count = len(violations)
    noun = "error" if count == 1 else "errors"
    listed = "; ".join(str(v) for v in violations)
    return AwsError(code, f"{count} validation {noun} detected: {listed}")


def _code(kind: Kind, service: str, protocol: str) -> str:
    if protocol == "ec2":
        return EC2_CODES[kind]
    if service in ONE_CODE:
        return ONE_CODE[service]
    if service in TWO_CODES:
        return "MissingParameter" if kind is Kind.MISSING else "InvalidParameterValue"
    if protocol == "query":
        return "ValidationError"
    if kind is Kind.TYPE:
        return "SerializationException"
    return "ValidationException"


def _ec2_message(violation: Violation) -> str:
    if violation.kind is Kind.UNKNOWN:
        return f"The parameter {violation.member} is not recognized"
    if violation.kind is Kind.MISSING:
        return f"The request must contain the parameter {violation.member}"
    return f"Invalid value for parameter {violation.member}: {violation.detail}"
