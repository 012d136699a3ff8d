"""EKS Auto Mode: compute, load balancing and storage, which are on or off together."""

from __future__ import annotations

from typing import Any

from . import network
from .errors import invalid_parameter
from .state import Region

MEMBERS = {"computeConfig", "kubernetesNetworkConfig", "storageConfig"}
POOLS = {"general-purpose", "system"}


def settings(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """What the cluster says of Auto Mode, as asked for. Rejects what EKS rejects."""
    compute = params.get("computeConfig") or {}
    balancing = (params.get("kubernetesNetworkConfig") or {}).get("elasticLoadBalancing") or {}
    storage = (params.get("storageConfig") or {}).get("blockStorage") or {}
    states = {bool(part.get("enabled")) for part in (compute, balancing, storage)}
    if len(states) > 1:
        raise invalid_parameter(
            "For EKS Auto Mode, please ensure that all required configs, including computeConfig, "
            "kubernetesNetworkConfig, and blockStorage are all either fully enabled or fully disabled."
        )
    if not compute.get("enabled"):
        return {}
    if unknown := set(compute.get("nodePools", [])) - POOLS:
        raise invalid_parameter(f"The node pools {sorted(unknown)} are not valid")
    if compute.get("nodePools"):
        network.check_role(region, compute.get("nodeRoleArn", ""), "ec2.amazonaws.com", "nodeRoleArn")
    return {"computeConfig": dict(compute), "storageConfig": {"blockStorage": {"enabled": True}}}


def apply(data: dict[str, Any], made: dict[str, Any]) -> None:
    for member in ("computeConfig", "storageConfig"):
        data.pop(member, None)
    data.update(made)
    data["kubernetesNetworkConfig"]["elasticLoadBalancing"] = {"enabled": bool(made)}
