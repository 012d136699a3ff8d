"""The exceptions of EKS's model."""

from __future__ import annotations

from typing import Any

from ..errors import AwsError


def invalid_parameter(message: str, **members: Any) -> AwsError:
    return AwsError("InvalidParameterException", message, 400, **members)


def invalid_request(message: str, **members: Any) -> AwsError:
    return AwsError("InvalidRequestException", message, 400, **members)


def in_use(message: str, **members: Any) -> AwsError:
    return AwsError("ResourceInUseException", message, 409, **members)


def invalid_state(message: str, **members: Any) -> AwsError:
    return AwsError("InvalidStateException", message, 400, **members)


def not_found(message: str, **members: Any) -> AwsError:
    return AwsError("ResourceNotFoundException", message, 404, **members)


def unsupported_zone(region: str, zone: str) -> AwsError:
    message = f"Cannot create cluster because {zone}, the targeted availability zone, does not support EKS in {region}."
    return AwsError("UnsupportedAvailabilityZoneException", message, 400)
