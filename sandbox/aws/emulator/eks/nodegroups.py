"""Managed node groups: create, describe, list, delete."""

from __future__ import annotations

import re
from typing import Any

from ..credentials import Principal
from . import access_entries, addons, launch_templates, network, nodegroup_updates, nodes, versions
from .errors import in_use, invalid_parameter
from .paging import page
from .state import Cluster, Nodegroup, Region, new_id

CREATE_SECONDS = 120
DELETE_SECONDS = 120
ARM = re.compile(r"(a1|[a-z]+\d+[a-z]*g[a-z]*)\.")
DEFAULT_SCALING = {"minSize": 1, "maxSize": 2, "desiredSize": 2}


def create_nodegroup(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    def make() -> tuple[Any, Any]:
        cluster = region.cluster(params["clusterName"])
        group = _create(region, cluster, params)
        return group, lambda: {"nodegroup": group.data}

    return region.once("CreateNodegroup", params, make)


def _create(region: Region, cluster: Cluster, params: dict[str, Any]) -> Nodegroup:
    name = params["nodegroupName"]
    cluster.require_active()
    if name in cluster.nodegroups:
        message = f"NodeGroup already exists with name {name} and cluster name {cluster.name}"
        raise in_use(message, clusterName=cluster.name, nodegroupName=name)
    if not 1 <= len(name) <= 63:
        raise invalid_parameter("nodegroupName can't be longer than 63 characters")
    found = network.subnets(region, params["subnets"])
    if not found:
        raise invalid_parameter("subnets: at least one subnet is required.")
    if found[0].vpc_id != cluster.data["resourcesVpcConfig"]["vpcId"]:
        raise invalid_parameter("Subnets are not in the cluster's VPC", nodegroupName=name)
    network.check_role(region, params["nodeRole"], "ec2.amazonaws.com", "nodeRole")
    if params.get("version", cluster.data["version"]) != cluster.data["version"]:
        versions.check(region, params["version"])
        if versions.minor(params["version"]) > versions.minor(cluster.data["version"]):
            raise invalid_parameter(
                "Nodegroup Kubernetes version cannot be newer than the cluster's", nodegroupName=name
            )
    if params.get("launchTemplate") and "diskSize" in params:
        raise invalid_parameter("Disk size must be specified within the launch template.", nodegroupName=name)
    _check_image(params)
    group = Nodegroup(_data(region, cluster, params))
    cluster.nodegroups[name] = group
    if cluster.mode != "CONFIG_MAP" and params["nodeRole"] not in cluster.entries:
        access_entries.add(region, cluster, params["nodeRole"], {"type": "EC2_LINUX"})
    region.timeline.after(CREATE_SECONDS, lambda: _activate(region, cluster, group))
    return group


def _check_image(params: dict[str, Any]) -> None:
    image = params.get("amiType", "AL2023_x86_64_STANDARD")
    for instance in params.get("instanceTypes") or []:
        # https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html
        if bool(ARM.match(instance)) != ("_ARM_64" in image):
            raise invalid_parameter(f"[{instance}] is not a valid instance type for requested amiType {image}")


def _data(region: Region, cluster: Cluster, params: dict[str, Any]) -> dict[str, Any]:
    name = params["nodegroupName"]
    version = params.get("version") or cluster.data["version"]
    identifier = new_id()
    return {
        "nodegroupName": name,
        "nodegroupArn": region.arn("nodegroup", cluster.name, name, identifier),
        "clusterName": cluster.name,
        "version": version,
        "releaseVersion": params.get("releaseVersion") or f"{version}.0-20260901",
        "createdAt": region.clock.now(),
        "modifiedAt": region.clock.now(),
        "status": "CREATING",
        "capacityType": params.get("capacityType", "ON_DEMAND"),
        "scalingConfig": nodegroup_updates.scaling({**DEFAULT_SCALING, **params.get("scalingConfig", {})}),
        "instanceTypes": list(params.get("instanceTypes") or ["t3.medium"]),
        "subnets": list(params["subnets"]),
        "amiType": params.get("amiType", "AL2023_x86_64_STANDARD"),
        "nodeRole": params["nodeRole"],
        "labels": dict(params.get("labels", {})),
        "taints": list(params.get("taints", [])),
        "resources": {"autoScalingGroups": [{"name": f"eks-{name}-{identifier}"}]},
        "health": {"issues": []},
        "updateConfig": params.get("updateConfig") or {"maxUnavailable": 1},
        "nodeRepairConfig": params.get("nodeRepairConfig") or {"enabled": False},
        **_disk(region, params),
        "tags": dict(params.get("tags", {})),
    }


def _disk(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    if params.get("launchTemplate"):
        return {"launchTemplate": launch_templates.resolve(region, params["launchTemplate"])}
    return {"diskSize": params.get("diskSize", 20)}


def _activate(region: Region, cluster: Cluster, group: Nodegroup) -> None:
    if group.status != "CREATING":
        return
    nodes.scale(region, cluster, group, group.data["scalingConfig"]["desiredSize"])
    group.data["status"] = "ACTIVE"
    addons.nodes_changed(region, cluster)


def describe_nodegroup(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    return {"nodegroup": region.cluster(params["clusterName"]).nodegroup(params["nodegroupName"]).data}


def list_nodegroups(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    return page("nodegroups", sorted(region.cluster(params["clusterName"]).nodegroups), params)


def delete_nodegroup(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    cluster = region.cluster(params["clusterName"])
    group = cluster.nodegroup(params["nodegroupName"])
    if group.status == "UPDATING":
        message = f"Nodegroup has an update in progress: {params['nodegroupName']}"
        raise in_use(message, clusterName=cluster.name, nodegroupName=params["nodegroupName"])
    if group.status != "DELETING":
        group.data["status"] = "DELETING"
        group.data["modifiedAt"] = region.clock.now()
        region.timeline.after(DELETE_SECONDS, lambda: _gone(region, cluster, group))
    return {"nodegroup": group.data}


def _gone(region: Region, cluster: Cluster, group: Nodegroup) -> None:
    nodes.scale(region, cluster, group, 0)
    cluster.nodegroups.pop(group.data["nodegroupName"], None)
    region.forget(group)


OPERATIONS = {
    "CreateNodegroup": create_nodegroup,
    "DescribeNodegroup": describe_nodegroup,
    "ListNodegroups": list_nodegroups,
    "DeleteNodegroup": delete_nodegroup,
    **nodegroup_updates.OPERATIONS,
}
