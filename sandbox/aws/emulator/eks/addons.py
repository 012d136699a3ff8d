"""Add-ons: create, describe, list, update, delete."""

from __future__ import annotations

from typing import Any

from .. import identity
from ..credentials import Principal
from . import addon_catalog, network, pod_admission, pod_identity, updates, workloads
from .errors import in_use, invalid_parameter, invalid_request
from .paging import page
from .state import Addon, Cluster, Region, new_id

CREATE_SECONDS = 40
UPDATE_SECONDS = 40
DELETE_SECONDS = 20
# Deployments stay without a running replica until there is a node.
NEED_NODES = {"coredns", "metrics-server", "aws-ebs-csi-driver"}


def create_addon(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    def make() -> tuple[Any, Any]:
        cluster = region.cluster(params["clusterName"])
        addon = _create(region, cluster, params)
        return addon, lambda: {"addon": addon.data}

    return region.once("CreateAddon", params, make)


def _create(region: Region, cluster: Cluster, params: dict[str, Any]) -> Addon:
    name = params["addonName"]
    cluster.require_active()
    if name not in addon_catalog.CATALOG:
        raise invalid_parameter(f"Addon {name} specified is not supported", clusterName=cluster.name, addonName=name)
    if name in cluster.addons:
        raise in_use("Addon already exists.", clusterName=cluster.name, addonName=name)
    version = params.get("addonVersion") or addon_catalog.default_version(name, cluster.data["version"])
    addon_catalog.check_version(name, version, cluster.data["version"])
    addon_catalog.check_configuration(name, params.get("configurationValues", ""))
    _check_roles(region, params)
    arn = region.arn("addon", cluster.name, name, new_id())
    associations = _associate(region, cluster, params, arn)
    addon = Addon(
        {
            "addonName": name,
            "clusterName": cluster.name,
            "status": "CREATING",
            "addonVersion": version,
            "health": {"issues": []},
            "addonArn": arn,
            "createdAt": region.clock.now(),
            "modifiedAt": region.clock.now(),
            "serviceAccountRoleArn": params.get("serviceAccountRoleArn"),
            "tags": dict(params.get("tags", {})),
            "publisher": "eks",
            "owner": "aws",
            "configurationValues": params.get("configurationValues"),
            "podIdentityAssociations": associations,
            "namespaceConfig": {"namespace": "kube-system"},
        }
    )
    cluster.addons[name] = addon
    overwrites = params.get("resolveConflicts") == "OVERWRITE"
    # What EKS installed by itself differs from the add-on's, so that applying it is a conflict.
    ends = _activate if overwrites or name not in cluster.self_managed else _conflict
    region.timeline.after(CREATE_SECONDS, lambda: ends(region, cluster, addon))
    return addon


def _conflict(_region: Region, _cluster: Cluster, addon: Addon) -> None:
    name = addon.data["addonName"]
    message = (
        f"Conflicts found when trying to apply. Will not continue due to resolve conflicts mode. Conflicts: {name}"
    )
    addon.data["health"] = {"issues": [{"code": "ConfigurationConflict", "message": message, "resourceIds": []}]}
    addon.data["status"] = "CREATE_FAILED"


def _check_roles(region: Region, params: dict[str, Any]) -> None:
    arn = params.get("serviceAccountRoleArn")
    if arn and identity.find_role(region.account, arn) is None:
        raise invalid_parameter(f"serviceAccountRoleArn: role {arn} does not exist")
    for wanted in params.get("podIdentityAssociations", []):
        network.check_role(region, wanted["roleArn"], "pods.eks.amazonaws.com", "podIdentityAssociations")


def _associate(region: Region, cluster: Cluster, params: dict[str, Any], owner: str) -> list[str]:
    made = []
    for wanted in params.get("podIdentityAssociations", []):
        place = {"namespace": "kube-system", "ownerArn": owner}
        made.append(pod_identity.add(region, cluster, {**wanted, **place})["associationArn"])
    return made


def _disassociate(region: Region, cluster: Cluster, owner: str) -> None:
    for identifier, data in list(cluster.associations.items()):
        if data["ownerArn"] == owner:
            del cluster.associations[identifier]
            if region.writer:
                pod_admission.remove(region.writer, data)


def _activate(region: Region, cluster: Cluster, addon: Addon) -> None:
    if addon.status != "CREATING":
        return
    name = addon.data["addonName"]
    cluster.self_managed.discard(name)
    if region.writer:
        workloads.apply(region.writer, region.name, name, addon.data)

    def settle() -> None:
        if addon.status == "CREATING":
            addon.data["status"] = "ACTIVE"
            addon.data["modifiedAt"] = region.clock.now()

    # Auto Mode brings a node for a pod that waits for one.
    if name not in NEED_NODES or not region.writer or "computeConfig" in cluster.data:
        settle()
    elif cluster.node_count() > 0:
        # AWS calls it active when its replicas run, not when its time is up.
        region.writer.when_available(workloads.path_of(name), lambda: region.timeline.after(0, settle))


def nodes_changed(region: Region, cluster: Cluster) -> None:
    """Add-ons that only waited for a node become active now."""
    for addon in cluster.addons.values():
        if addon.data["addonName"] in NEED_NODES and addon.status == "CREATING":
            region.timeline.after(CREATE_SECONDS, lambda addon=addon: _activate(region, cluster, addon))


def describe_addon(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    return {"addon": region.cluster(params["clusterName"]).addon(params["addonName"]).data}


def list_addons(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    return page("addons", sorted(region.cluster(params["clusterName"]).addons), params)


def update_addon(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    def make() -> tuple[Any, Any]:
        cluster = region.cluster(params["clusterName"])
        addon = cluster.addon(params["addonName"])
        name, members = params["addonName"], {"clusterName": cluster.name, "addonName": params["addonName"]}
        if addon.status == "UPDATING":
            raise in_use(f"Addon {name} has an update in progress", **members)
        if addon.status not in ("ACTIVE", "DEGRADED", "UPDATE_FAILED"):
            raise invalid_request(
                f"Addon {name} cannot be updated as it is currently in {addon.status} state", **members
            )
        changes, described = _changes(region, cluster, params)
        if "podIdentityAssociations" in params:
            _disassociate(region, cluster, addon.data["addonArn"])
            changes["podIdentityAssociations"] = _associate(region, cluster, params, addon.data["addonArn"])

        def finish() -> None:
            addon.data.update(changes)
            if region.writer:
                workloads.apply(region.writer, region.name, name, addon.data)

        update = updates.begin(region, addon, "AddonUpdate", described, UPDATE_SECONDS, finish)
        return update, lambda: {"update": update}

    return region.once("UpdateAddon", params, make)


def _changes(region: Region, cluster: Cluster, params: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    names = {
        "addonVersion": "AddonVersion",
        "serviceAccountRoleArn": "ServiceAccountRoleArn",
        "configurationValues": "ConfigurationValues",
    }
    changes = {member: params[member] for member in names if member in params}
    if "addonVersion" in changes:
        name, version = params["addonName"], changes["addonVersion"]
        addon_catalog.check_version(name, version, cluster.data["version"])
        addon_catalog.check_step(name, cluster.addon(name).data["addonVersion"], version)
    addon_catalog.check_configuration(params["addonName"], changes.get("configurationValues", ""))
    _check_roles(region, params)
    described = {names[member]: value for member, value in changes.items()}
    if "resolveConflicts" in params:
        described["ResolveConflicts"] = params["resolveConflicts"]
    return changes, described


def delete_addon(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    cluster = region.cluster(params["clusterName"])
    addon = cluster.addon(params["addonName"])
    if addon.status == "UPDATING":
        message = f"Addon {params['addonName']} has an update in progress"
        raise in_use(message, clusterName=cluster.name, addonName=params["addonName"])
    if addon.status != "DELETING":
        addon.data["status"] = "DELETING"
        region.timeline.after(DELETE_SECONDS, lambda: _gone(region, cluster, addon, bool(params.get("preserve"))))
    return {"addon": addon.data}


def _gone(region: Region, cluster: Cluster, addon: Addon, preserve: bool) -> None:
    if cluster.addons.pop(addon.data["addonName"], None) is None:
        return
    _disassociate(region, cluster, addon.data["addonArn"])
    region.forget(addon)
    if region.writer and not preserve:
        workloads.remove(region.writer, addon.data["addonName"])


OPERATIONS = {
    "CreateAddon": create_addon,
    "DescribeAddon": describe_addon,
    "ListAddons": list_addons,
    "UpdateAddon": update_addon,
    "DeleteAddon": delete_addon,
}
