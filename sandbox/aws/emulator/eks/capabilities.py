"""Capabilities: create, describe, list, update, delete. The sandbox runs none of them: only the API is here."""

from __future__ import annotations

from typing import Any

from ..credentials import Principal
from . import access_entries, network, updates
from .errors import in_use, invalid_parameter, invalid_request
from .paging import page
from .state import Capability, Cluster, Data, Region, new_id

CREATE_SECONDS = 180
UPDATE_SECONDS = 60
DELETE_SECONDS = 120
SERVICE = "capabilities.eks.amazonaws.com"
# https://docs.aws.amazon.com/eks/latest/userguide/argocd-considerations.html
MOST_IDENTITIES = 1000
SUMMARY = ("capabilityName", "arn", "type", "status", "version", "createdAt", "modifiedAt")

Mappings = dict[str, list[Data]]


def create(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    def make() -> tuple[Any, Any]:
        capability = _create(region, region.cluster(params["clusterName"]), params)
        return capability, lambda: {"capability": capability.data}

    return region.once("CreateCapability", params, make)


def _create(region: Region, cluster: Cluster, params: dict[str, Any]) -> Capability:
    name, kind = params["capabilityName"], params["type"]
    cluster.require_active()
    for known in cluster.capabilities.values():
        if name == known.data["capabilityName"] or kind == known.data["type"]:
            raise in_use(f"Capability already exists: {known.data['capabilityName']}", clusterName=cluster.name)
    network.check_role(region, params["roleArn"], SERVICE, "roleArn")
    configuration = _configuration(cluster, kind, params.get("configuration", {}))
    capability = Capability(
        {
            "capabilityName": name,
            "arn": region.arn("capability", cluster.name, kind.lower(), name, new_id()),
            "clusterName": cluster.name,
            "type": kind,
            "roleArn": params["roleArn"],
            "status": "CREATING",
            "version": "v3.1.8-eks-1",
            "configuration": configuration,
            "tags": dict(params.get("tags", {})),
            "health": {"issues": []},
            "createdAt": region.clock.now(),
            "modifiedAt": region.clock.now(),
            "deletePropagationPolicy": params["deletePropagationPolicy"],
        }
    )
    cluster.capabilities[name] = capability
    region.timeline.after(CREATE_SECONDS, lambda: _activate(region, cluster, capability))
    return capability


def _configuration(cluster: Cluster, kind: str, given: dict[str, Any]) -> dict[str, Any]:
    if kind != "ARGOCD":
        return {}
    argo = given.get("argoCd")
    if argo is None:
        raise invalid_parameter("Argo CD configuration is required for an ARGOCD capability", clusterName=cluster.name)
    url = f"https://{new_id()[:8]}.eks-capabilities.amazonaws.com"
    return {
        "argoCd": {
            **argo,
            "namespace": argo.get("namespace", "argocd"),
            "rbacRoleMappings": _listed(_checked(cluster, argo.get("rbacRoleMappings", []))),
            "serverUrl": url,
        }
    }


def _checked(cluster: Cluster, mappings: list[Data]) -> Mappings:
    roles: Mappings = {}
    for mapping in mappings:
        if mapping["role"] in roles or not mapping["identities"]:
            message = f"Role {mapping['role']} must be mapped once, to at least one identity"
            raise invalid_parameter(message, clusterName=cluster.name)
        roles[mapping["role"]] = list(mapping["identities"])
    if sum(map(len, roles.values())) > MOST_IDENTITIES:
        raise invalid_parameter(f"More than {MOST_IDENTITIES} identities", clusterName=cluster.name)
    return roles


def _listed(roles: Mappings) -> list[Data]:
    return [{"role": role, "identities": identities} for role, identities in roles.items() if identities]


def _activate(region: Region, cluster: Cluster, capability: Capability) -> None:
    if capability.status != "CREATING":
        return
    # https://docs.aws.amazon.com/eks/latest/userguide/argocd-register-clusters.html
    if capability.data["roleArn"] not in cluster.entries:
        access_entries.add(region, cluster, capability.data["roleArn"], {})
    capability.data["status"] = "ACTIVE"
    capability.data["modifiedAt"] = region.clock.now()


def _find(region: Region, params: dict[str, Any]) -> Capability:
    return region.cluster(params["clusterName"]).capability(params["capabilityName"])


def describe(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    return {"capability": _find(region, params).data}


def list_all(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    held = region.cluster(params["clusterName"]).capabilities
    items = [{key: held[name].data[key] for key in SUMMARY} for name in sorted(held)]
    return page("capabilities", items, params)


def update(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    def make() -> tuple[Any, Any]:
        cluster, capability = region.cluster(params["clusterName"]), _find(region, params)
        if capability.status == "UPDATING":
            raise in_use("Capability has an update in progress", clusterName=cluster.name)
        if capability.status not in ("ACTIVE", "DEGRADED"):
            message = f"Capability cannot be updated as it is currently in {capability.status} state"
            raise invalid_request(message, clusterName=cluster.name)
        changed, described = _changes(region, cluster, capability, params)
        begun = updates.begin(
            region, capability, "CapabilityUpdate", described, UPDATE_SECONDS, lambda: capability.data.update(changed)
        )
        return begun, lambda: {"update": begun}

    return region.once("UpdateCapability", params, make)


def _changes(region: Region, cluster: Cluster, capability: Capability, params: dict[str, Any]) -> tuple[Data, Data]:
    changed: Data = {}
    described: Data = {}
    if "roleArn" in params:
        network.check_role(region, params["roleArn"], SERVICE, "roleArn")
        changed["roleArn"] = described["RoleArn"] = params["roleArn"]
    wanted = params.get("configuration", {}).get("argoCd", {}).get("rbacRoleMappings")
    if wanted is not None:
        argo = capability.data["configuration"]["argoCd"]
        given, removed = wanted.get("addOrUpdateRoleMappings", []), wanted.get("removeRoleMappings", [])
        roles = {**_removed(cluster, _checked(cluster, argo["rbacRoleMappings"]), removed), **_checked(cluster, given)}
        changed["configuration"] = {"argoCd": {**argo, "rbacRoleMappings": _listed(roles)}}
        described |= {"RoleMappingsToAddOrUpdate": given} if given else {}
        described |= {"RoleMappingsToRemove": removed} if removed else {}
    if not described:
        raise invalid_parameter("No changes needed for the capability", clusterName=cluster.name)
    return changed, described


def _removed(cluster: Cluster, roles: Mappings, removed: list[Data]) -> Mappings:
    for mapping in removed:
        for identity in mapping["identities"]:
            if identity not in roles.get(mapping["role"], []):
                message = f"Role {mapping['role']} has no identity {identity['id']}"
                raise invalid_parameter(message, clusterName=cluster.name)
            roles[mapping["role"]].remove(identity)
    return roles


def delete(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    cluster, capability = region.cluster(params["clusterName"]), _find(region, params)
    if capability.status == "UPDATING":
        raise in_use("Capability has an update in progress", clusterName=cluster.name)

    def gone() -> None:
        cluster.capabilities.pop(params["capabilityName"], None)
        region.forget(capability)

    if capability.status != "DELETING":
        capability.data["status"] = "DELETING"
        region.timeline.after(DELETE_SECONDS, gone)
    return {"capability": capability.data}


OPERATIONS = {
    "CreateCapability": create,
    "DescribeCapability": describe,
    "ListCapabilities": list_all,
    "UpdateCapability": update,
    "DeleteCapability": delete,
}
