"""Clusters: create, describe, list, delete."""

from __future__ import annotations

import ipaddress
from typing import Any

from ..credentials import Principal
from ..errors import AwsError
from . import (
    access_entries,
    access_policies,
    auto_mode,
    auto_nodes,
    encryption,
    insights,
    network,
    pod_webhook,
    versions,
    workloads,
)
from .errors import in_use, invalid_parameter, invalid_request
from .paging import page
from .state import Cluster, Region

CREATE_SECONDS = 9 * 60
DELETE_SECONDS = 4 * 60
LOG_TYPES = ["api", "audit", "authenticator", "controllerManager", "scheduler"]


def create_cluster(region: Region, params: dict[str, Any], caller: Principal) -> dict[str, Any]:
    def make() -> tuple[Any, Any]:
        cluster = _create(region, params, caller)
        return cluster, lambda: {"cluster": view(region, cluster)}

    return region.once("CreateCluster", params, make)


def _create(region: Region, params: dict[str, Any], caller: Principal) -> Cluster:
    name = params["name"]
    if name in region.clusters:
        raise in_use(f"Cluster already exists with name: {name}", clusterName=name)
    if region.plane is None:
        raise AwsError("ServerException", f"The sandbox has no control plane in {region.name}.", 500, clusterName=name)
    version = params.get("version") or versions.default(region)
    versions.check(region, version)
    vpc = params["resourcesVpcConfig"]
    found = network.check_cluster_subnets(region, vpc.get("subnetIds", []))
    network.check_security_groups(region, vpc.get("securityGroupIds", []))
    network.check_role(region, params["roleArn"], "eks.amazonaws.com", "roleArn")
    _check_endpoints(vpc)
    encryption.check(region, params.get("encryptionConfig", []))
    auto = auto_mode.settings(region, params)
    if auto and params.get("bootstrapSelfManagedAddons", True):
        raise invalid_parameter("bootstrapSelfManagedAddons must be false for EKS Auto Mode")
    if region.clusters:
        raise AwsError(
            "ResourceLimitExceededException",
            f"The sandbox gives one control plane per AWS region, and {region.name} has a cluster already.",
            400,
            clusterName=name,
        )
    group, interfaces = network.create_cluster_parts(region, name, found)
    cluster = Cluster(
        data=_data(region, params, version, vpc, found[0].vpc_id, group),
        creator=caller,
        security_group=group,
        interfaces=interfaces,
        zones=frozenset(subnet.availability_zone for subnet in found),
    )
    auto_mode.apply(cluster.data, auto)
    region.clusters[name] = cluster
    region.timeline.after(CREATE_SECONDS, lambda: _activate(region, cluster, params))
    return cluster


def _data(
    region: Region, params: dict[str, Any], version: str, vpc: dict[str, Any], vpc_id: str, group: str
) -> dict[str, Any]:
    access = params.get("accessConfig", {})
    addresses = params.get("kubernetesNetworkConfig", {})
    return {
        "name": params["name"],
        "arn": region.arn("cluster", params["name"]),
        "createdAt": region.clock.now(),
        "version": version,
        "platformVersion": "eks.1",
        "roleArn": params["roleArn"],
        "status": "CREATING",
        "tags": dict(params.get("tags", {})),
        "clientRequestToken": params.get("clientRequestToken"),
        "resourcesVpcConfig": {
            "subnetIds": list(vpc["subnetIds"]),
            "securityGroupIds": list(vpc.get("securityGroupIds", [])),
            "clusterSecurityGroupId": group,
            "vpcId": vpc_id,
            "endpointPublicAccess": vpc.get("endpointPublicAccess", True),
            "endpointPrivateAccess": vpc.get("endpointPrivateAccess", False),
            "publicAccessCidrs": list(vpc.get("publicAccessCidrs") or ["0.0.0.0/0"]),
        },
        "kubernetesNetworkConfig": {
            "serviceIpv4Cidr": addresses.get("serviceIpv4Cidr", "172.20.0.0/16"),
            "ipFamily": addresses.get("ipFamily", "ipv4"),
            "elasticLoadBalancing": {"enabled": False},
        },
        "logging": logging_view(params.get("logging")),
        "encryptionConfig": params.get("encryptionConfig", []),
        "accessConfig": {
            # The API's default differs from the console's.
            "authenticationMode": access.get("authenticationMode", "CONFIG_MAP"),
            "bootstrapClusterCreatorAdminPermissions": access.get("bootstrapClusterCreatorAdminPermissions", True),
        },
        "upgradePolicy": params.get("upgradePolicy") or {"supportType": "EXTENDED"},
        "deletionProtection": params.get("deletionProtection", False),
        "zonalShiftConfig": params.get("zonalShiftConfig") or {"enabled": False},
        "health": {"issues": []},
    }


def logging_view(asked: dict[str, Any] | None) -> dict[str, Any]:
    enabled: list[str] = []
    for setup in (asked or {}).get("clusterLogging", []):
        if setup.get("enabled"):
            enabled += setup.get("types", [])
    off = [name for name in LOG_TYPES if name not in enabled]
    setups = [{"types": enabled, "enabled": True}] if enabled else []
    return {"clusterLogging": [*setups, *([{"types": off, "enabled": False}] if off else [])]}


def _check_endpoints(vpc: dict[str, Any]) -> None:
    if not vpc.get("endpointPublicAccess", True) and not vpc.get("endpointPrivateAccess", False):
        raise invalid_parameter("Private and public endpoint access cannot be false")
    if vpc.get("publicAccessCidrs") and not vpc.get("endpointPublicAccess", True):
        raise invalid_parameter("Cannot set publicAccessCidrs when public endpoint access is disabled")
    for cidr in vpc.get("publicAccessCidrs") or []:
        try:
            ipaddress.ip_network(cidr)
        except ValueError as error:
            raise invalid_parameter(f"The following CIDRs are invalid in publicAccessCidrs: [{cidr}]") from error


def _activate(region: Region, cluster: Cluster, params: dict[str, Any]) -> None:
    if cluster.status != "CREATING":
        return
    cluster.data["status"] = "ACTIVE"
    if cluster.data["accessConfig"]["bootstrapClusterCreatorAdminPermissions"]:
        cluster.hidden_admin = cluster.mode == "CONFIG_MAP"
        if not cluster.hidden_admin:
            entry = access_entries.add(region, cluster, cluster.creator.entry_arn, {})
            access_policies.associate(region, entry, "AmazonEKSClusterAdminPolicy", {"type": "cluster"})
    if params.get("bootstrapSelfManagedAddons", True):
        cluster.self_managed.update(workloads.SELF_MANAGED)
    insights.look_daily(region, cluster)
    auto_nodes.follow(region, cluster)
    if region.writer:
        access_policies.apply_roles(region.writer)
        if region.authenticator:
            pod_webhook.apply(region.writer, region.name, region.authenticator)
        for name in sorted(cluster.self_managed):
            workloads.apply(region.writer, region.name, name, None)


def view(region: Region, cluster: Cluster) -> dict[str, Any]:
    """What is only known once the control plane runs is absent before."""
    data = dict(cluster.data)
    if cluster.status == "CREATING" or region.plane is None:
        data["certificateAuthority"] = {}
        return data
    data["endpoint"] = region.plane.endpoint
    data["certificateAuthority"] = {"data": region.plane.certificate_authority}
    data["identity"] = {"oidc": {"issuer": region.plane.issuer}}
    return data


def describe_cluster(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    return {"cluster": view(region, region.cluster(params["name"]))}


def list_clusters(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    return page("clusters", sorted(region.clusters), params)


def delete_cluster(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    cluster = region.cluster(params["name"])
    if cluster.nodegroups:
        raise in_use("Cluster has nodegroups attached", clusterName=cluster.name)
    if cluster.capabilities:
        raise in_use("Cluster has capabilities attached", clusterName=cluster.name)
    if cluster.status in ("CREATING", "UPDATING"):
        message = f"Cluster has an operation in progress and is {cluster.status}: {cluster.name}"
        raise in_use(message, clusterName=cluster.name)
    if cluster.data["deletionProtection"]:
        raise invalid_request("Cluster has deletion protection enabled", clusterName=cluster.name)
    if cluster.status != "DELETING":
        cluster.data["status"] = "DELETING"
        region.timeline.after(DELETE_SECONDS, lambda: _gone(region, cluster))
    return {"cluster": view(region, cluster)}


def _gone(region: Region, cluster: Cluster) -> None:
    region.clusters.pop(cluster.name, None)
    network.delete_cluster_parts(region, cluster.security_group, cluster.interfaces)
    # Everything that was made for the cluster dies with it.
    region.tokens.clear()
    if region.writer:
        region.writer.remove_all()


OPERATIONS = {
    "CreateCluster": create_cluster,
    "DescribeCluster": describe_cluster,
    "ListClusters": list_clusters,
    "DeleteCluster": delete_cluster,
}
