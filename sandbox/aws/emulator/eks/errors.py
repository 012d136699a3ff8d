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


def unsupported_zone(zone: str, offered: list[str]) -> AwsError:
    message = (
        f"Cannot create cluster because {zone}, the targeted availability zone, does not currently have sufficient "
        f"capacity to support the cluster. Retry and choose from these availability zones: {', '.join(offered)}"
    )
    return AwsError("UnsupportedAvailabilityZoneException", message, 400, validZones=offered)
