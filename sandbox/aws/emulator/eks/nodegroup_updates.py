"""Changes of a running node group: size, labels, taints, version."""

from __future__ import annotations

from typing import Any

from ..credentials import Principal
from . import addons, launch_templates, nodes, updates, versions
from .errors import in_use, invalid_parameter, invalid_request
from .state import Cluster, Nodegroup, Region

CONFIG_SECONDS = 60
VERSION_SECONDS = 6 * 60


def scaling(asked: dict[str, int]) -> dict[str, int]:
    low, high, desired = asked["minSize"], asked["maxSize"], asked["desiredSize"]
    if low > high:
        raise invalid_parameter(f"Minimum capacity {low} can't be greater than maximum size {high}")
    if desired > high:
        raise invalid_parameter(f"desired capacity {desired} can't be greater than max size {high}")
    if desired < low:
        raise invalid_parameter(f"Minimum capacity {low} can't be greater than desired size {desired}")
    return dict(asked)


def _free(region: Region, params: dict[str, Any]) -> tuple[Cluster, Nodegroup]:
    cluster = region.cluster(params["clusterName"])
    group = cluster.nodegroup(params["nodegroupName"])
    members = {"clusterName": cluster.name, "nodegroupName": params["nodegroupName"]}
    if group.status == "UPDATING":
        raise in_use(f"Nodegroup has an update in progress: {params['nodegroupName']}", **members)
    if group.status != "ACTIVE":
        raise invalid_request(f"Nodegroup is not in ACTIVE status: {group.status}", **members)
    return cluster, group


def update_config(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    def make() -> tuple[Any, Any]:
        cluster, group = _free(region, params)
        changes, described = _changes(group.data, params)

        def finish() -> None:
            group.data.update(changes)
            nodes.refresh(region, group)
            nodes.scale(region, cluster, group, group.data["scalingConfig"]["desiredSize"])
            addons.nodes_changed(region, cluster)

        update = updates.begin(region, group, "ConfigUpdate", described, CONFIG_SECONDS, finish)
        return update, lambda: {"update": update}

    return region.once("UpdateNodegroupConfig", params, make)


def _changes(data: dict[str, Any], params: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    changes: dict[str, Any] = {}
    described: dict[str, Any] = {}
    if "scalingConfig" in params:
        changes["scalingConfig"] = scaling({**data["scalingConfig"], **params["scalingConfig"]})
        names = {"minSize": "MinSize", "maxSize": "MaxSize", "desiredSize": "DesiredSize"}
        described.update({names[key]: str(value) for key, value in params["scalingConfig"].items()})
    if "labels" in params:
        added, removed = params["labels"].get("addOrUpdateLabels", {}), params["labels"].get("removeLabels", [])
        changes["labels"] = {k: v for k, v in {**data["labels"], **added}.items() if k not in removed}
        described.update(LabelsToAdd=added, LabelsToRemove=removed)
    if "taints" in params:
        added, removed = params["taints"].get("addOrUpdateTaints", []), params["taints"].get("removeTaints", [])
        gone = {(taint["key"], taint["effect"]) for taint in [*added, *removed]}
        kept = [taint for taint in data["taints"] if (taint["key"], taint["effect"]) not in gone]
        changes["taints"] = [*kept, *added]
        described.update(TaintsToAdd=added, TaintsToRemove=removed)
    if "updateConfig" in params:
        changes["updateConfig"] = params["updateConfig"]
        described["MaxUnavailable"] = params["updateConfig"]
    if "nodeRepairConfig" in params:
        changes["nodeRepairConfig"] = params["nodeRepairConfig"]
        described["NodeRepairEnabled"] = params["nodeRepairConfig"].get("enabled")
    if not changes:
        raise invalid_parameter("No changes were given for the node group")
    return changes, described


def update_version(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    def make() -> tuple[Any, Any]:
        cluster, group = _free(region, params)
        template = _template(region, group, params)
        # Without a version, one with a template keeps its own.
        version = params.get("version") or (group.data["version"] if template else cluster.data["version"])
        versions.check(region, version)
        if versions.minor(version) > versions.minor(cluster.data["version"]):
            raise invalid_request(
                f"Nodegroup Kubernetes version {version} cannot be newer than the cluster's {cluster.data['version']}"
            )
        if versions.minor(version) < versions.minor(group.data["version"]):
            raise invalid_parameter(
                f"Nodegroup Kubernetes version {group.data['version']} cannot be rolled back to {version}"
            )
        release = params.get("releaseVersion") or f"{version}.0-20260915"

        def finish() -> None:
            group.data.update(version=version, releaseVersion=release, **template)
            nodes.replace(region, cluster, group, group.data["scalingConfig"]["desiredSize"])

        described = {"Version": version, "ReleaseVersion": release}
        update = updates.begin(region, group, "VersionUpdate", described, VERSION_SECONDS, finish)
        return update, lambda: {"update": update}

    return region.once("UpdateNodegroupVersion", params, make)


def _template(region: Region, group: Nodegroup, params: dict[str, Any]) -> dict[str, Any]:
    if not params.get("launchTemplate"):
        return {}
    before = group.data.get("launchTemplate")
    if before is None:
        raise invalid_parameter("You cannot add a launch template to a node group that was created without one.")
    after = launch_templates.resolve(region, params["launchTemplate"])
    if after["id"] != before["id"]:
        raise invalid_parameter("You cannot change the launch template of a node group.")
    if after == before and "version" not in params and "releaseVersion" not in params:
        raise invalid_parameter(f"Nodegroup is already at version {after['version']} of its launch template.")
    return {"launchTemplate": after}


OPERATIONS = {"UpdateNodegroupConfig": update_config, "UpdateNodegroupVersion": update_version}
