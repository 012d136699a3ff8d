"""What AWS refuses of a new subnet, and moto does not."""

from __future__ import annotations

import inspect
import ipaddress
from collections.abc import Callable
from typing import Any

from moto.ec2.models import EC2Backend
from moto.ec2.models.availability_zones_and_regions import RegionsAndZonesBackend

from ..errors import AwsError
from .steps import Steps

LARGEST, SMALLEST = 16, 28


def wrap(steps: Steps) -> None:
    def create(original: Callable[..., Any], backend: Any, *args: Any, **kwargs: Any) -> Any:
        asked = inspect.signature(original).bind(backend, *args, **kwargs)
        cidr = asked.arguments.get("cidr_block")
        if cidr and not LARGEST <= _prefix(cidr) <= SMALLEST:
            raise AwsError("InvalidSubnet.Range", f"The CIDR '{cidr}' is invalid.")
        identifier = asked.arguments.get("availability_zone_id")
        if identifier:
            # Moto files a subnet under its zone's name, and under none if it has the id only.
            asked.arguments["availability_zone"] = _zone_name(backend.region_name, identifier)
            asked.arguments["availability_zone_id"] = None
        return original(*asked.args, **asked.kwargs)

    steps.wrap(EC2Backend, "create_subnet", create)


def _prefix(cidr: str) -> int:
    try:
        return ipaddress.IPv4Network(cidr, strict=False).prefixlen
    except ValueError:
        # Moto refuses it, as AWS does.
        return LARGEST


def _zone_name(region: str, identifier: str) -> str:
    zones = RegionsAndZonesBackend.zones.get(region, [])
    name = next((zone.name for zone in zones if zone.zone_id == identifier), None)
    if name is None:
        known = ", ".join(zone.zone_id for zone in zones)
        message = f"Value ({identifier}) for parameter availabilityZoneId is invalid. Use one of: {known}"
        raise AwsError("InvalidParameterValue", message)
    return str(name)
