"""Access entries: which AWS principal is whom in Kubernetes."""

from __future__ import annotations

import re
from typing import Any

from .. import identity
from ..credentials import Principal
from . import access_policies
from .errors import in_use, invalid_parameter, invalid_request, not_found
from .paging import page
from .state import AccessEntry, Cluster, Region, new_id

PRINCIPAL = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:(role|user)/.+")
NODE_TYPES = {"EC2_LINUX", "EC2_WINDOWS", "FARGATE_LINUX", "HYBRID_LINUX", "EC2", "HYPERPOD_LINUX"}
RESERVED_NAMES = ("system:", "eks:", "aws:", "amazon:", "iam:")


def create_access_entry(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    def make() -> tuple[Any, Any]:
        cluster = _cluster(region, params)
        arn = params["principalArn"]
        if arn in cluster.entries:
            message = "The specified access entry resource is already in use on this cluster."
            raise in_use(message, clusterName=cluster.name)
        if not PRINCIPAL.fullmatch(arn):
            raise invalid_parameter("The principalArn parameter format is not valid", clusterName=cluster.name)
        if not identity.principal_exists(region.account, arn):
            raise invalid_parameter("The specified principalArn is invalid: invalid principal.")
        entry = add(region, cluster, arn, params)
        return entry, lambda: {"accessEntry": entry.data}

    return region.once("CreateAccessEntry", params, make)


def add(region: Region, cluster: Cluster, arn: str, params: dict[str, Any]) -> AccessEntry:
    kind = params.get("type", "STANDARD")
    if kind not in NODE_TYPES | {"STANDARD"}:
        raise invalid_parameter(f"The type {kind} is not valid")
    if kind != "STANDARD" and (params.get("kubernetesGroups") or params.get("username")):
        raise invalid_parameter(f"Groups and username cannot be given for an entry of type {kind}")
    _check_names(params)
    identifier = new_id()
    own = kind != "STANDARD"
    entry = AccessEntry(
        data={
            "clusterName": cluster.name,
            "principalArn": arn,
            "kubernetesGroups": ["system:nodes"] if own else list(params.get("kubernetesGroups", [])),
            "accessEntryArn": region.arn(
                "access-entry", cluster.name, *arn.rpartition(":")[2].split("/", 1)[:1], region.account, identifier
            ),
            "createdAt": region.clock.now(),
            "modifiedAt": region.clock.now(),
            "tags": dict(params.get("tags", {})),
            "username": "system:node:{{EC2PrivateDNSName}}" if own else params.get("username") or _username(arn),
            "type": kind,
        },
        group=f"sandbox.gennet/access-entry/{identifier}",
    )
    cluster.entries[arn] = entry
    return entry


def _username(arn: str) -> str:
    if ":role/" not in arn:
        return arn
    account, name = arn.split(":")[4], arn.rpartition("/")[2]
    return f"arn:aws:sts::{account}:assumed-role/{name}/{{{{SessionName}}}}"


def _check_names(params: dict[str, Any]) -> None:
    for name in params.get("kubernetesGroups", []):
        if name.startswith(RESERVED_NAMES):
            prefix = name.split(":")[0]
            raise invalid_parameter(f"The kubernetes group name {name} is invalid, it cannot start with {prefix}:")
    username = params.get("username") or ""
    if username.startswith(RESERVED_NAMES):
        raise invalid_parameter("The username cannot start with a reserved prefix")


def _cluster(region: Region, params: dict[str, Any]) -> Cluster:
    cluster = region.cluster(params["clusterName"])
    cluster.require_active()
    if cluster.mode == "CONFIG_MAP":
        modes = "[API, API_AND_CONFIG_MAP]"
        message = f"The cluster's authentication mode must be set to one of {modes} to perform this operation."
        raise invalid_request(message, clusterName=cluster.name)
    return cluster


def find(region: Region, params: dict[str, Any]) -> AccessEntry:
    cluster = _cluster(region, params)
    if params["principalArn"] not in cluster.entries:
        message = (
            "The specified principalArn could not be found. You can view your available access entries with 'list'."
        )
        raise not_found(message, clusterName=cluster.name)
    return cluster.entries[params["principalArn"]]


def describe_access_entry(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    return {"accessEntry": find(region, params).data}


def list_access_entries(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    cluster = _cluster(region, params)
    policy = params.get("associatedPolicyArn")
    arns = [arn for arn, entry in cluster.entries.items() if not policy or policy in entry.policies]
    return page("accessEntries", arns, params)


def update_access_entry(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    entry = find(region, params)
    if entry.data["type"] != "STANDARD":
        raise invalid_request("Only entries of type STANDARD can be updated")
    _check_names(params)
    for name in ("kubernetesGroups", "username"):
        if name in params:
            entry.data[name] = params[name]
    entry.data["modifiedAt"] = region.clock.now()
    return {"accessEntry": entry.data}


def delete_access_entry(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    entry = find(region, params)
    for arn in list(entry.policies):
        access_policies.remove(region, entry, arn)
    region.cluster(params["clusterName"]).entries.pop(params["principalArn"])
    region.forget(entry)
    return {}


OPERATIONS = {
    "CreateAccessEntry": create_access_entry,
    "DescribeAccessEntry": describe_access_entry,
    "ListAccessEntries": list_access_entries,
    "UpdateAccessEntry": update_access_entry,
    "DeleteAccessEntry": delete_access_entry,
}
