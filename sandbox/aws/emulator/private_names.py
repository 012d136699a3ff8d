"""Names that only a VPC knows: what Route 53 Resolver answers there from private hosted zones.

https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/hosted-zones-private.html
"""

from __future__ import annotations

import ipaddress
from typing import Any

from moto.route53.models import route53_backends
from moto.utilities.utils import get_partition

LONGEST_CHAIN = 8


def private_addresses(account: str, region: str, name: str) -> list[str] | None:
    """The IPv4 addresses of a name in the VPCs of a region; None if no private zone there has the name."""
    zones = [
        zone
        for zone in route53_backends[account][get_partition(region)].zones.values()
        if zone.private_zone and any(vpc["vpc_region"] == region for vpc in zone.vpcs)
    ]
    records = [record for zone in zones for record in zone.rrsets]
    wanted = _plain(name)
    for _ in range(LONGEST_CHAIN):
        found = [record for record in records if _plain(record.name) == wanted]
        if not found:
            return None
        values = {record.type: [_plain(value) for value in record.records] for record in found}
        if "CNAME" not in values:
            return values.get("A", [])
        wanted = values["CNAME"][0]
        # The endpoints of the sandbox's databases are addresses, where those of AWS are names.
        if _is_address(wanted):
            return [wanted]
    return []


def _plain(value: Any) -> str:
    # Moto keeps values as texts, or as Route 53's objects.
    text = value["Value"] if isinstance(value, dict) else value
    return str(text).rstrip(".").lower()


def _is_address(text: str) -> bool:
    try:
        ipaddress.IPv4Address(text)
    except ValueError:
        return False
    return True
