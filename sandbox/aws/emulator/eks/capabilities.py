"""Capabilities: the sandbox runs none."""

from __future__ import annotations

from typing import Any

from ..credentials import Principal
from .errors import not_found
from .paging import page
from .state import Region


def list_capabilities(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    region.cluster(params["clusterName"])
    return page("capabilities", [], params)


def _missing(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    cluster = region.cluster(params["clusterName"])
    name = params["capabilityName"]
    raise not_found(f"No capability found for name: {name}.", clusterName=cluster.name)


OPERATIONS = {
    "ListCapabilities": list_capabilities,
    "DescribeCapability": _missing,
    "DeleteCapability": _missing,
}
