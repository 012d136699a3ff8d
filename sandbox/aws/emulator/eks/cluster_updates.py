"""UpdateClusterConfig and UpdateClusterVersion."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..credentials import Principal
from . import auto_mode, auto_nodes, insights, network, rollback_window, updates, versions
from .clusters import logging_view
from .errors import in_use, invalid_parameter, invalid_request, invalid_state
from .state import Cluster, Region

CONFIG_SECONDS = 120
VERSION_SECONDS = 8 * 60
# How long the nodes of Auto Mode take that a rollback replaces.
NODES_SECONDS = 20 * 60
# https://docs.aws.amazon.com/eks/latest/userguide/update-cluster.html
FREE_ADDRESSES = 5
MODES = ["CONFIG_MAP", "API_AND_CONFIG_MAP", "API"]
MEMBERS = (
    "resourcesVpcConfig",
    "logging",
    "accessConfig",
    "upgradePolicy",
    "zonalShiftConfig",
    "deletionProtection",
)

Change = tuple[str, dict[str, Any], Callable[[], None]]


def update_cluster_config(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    def make() -> tuple[Any, Any]:
        cluster = _free(region, params["name"])
        asked = [name for name in params if name not in ("name", "clientRequestToken")]
        if set(asked) <= auto_mode.MEMBERS and "computeConfig" in asked:
            update = _auto_mode(region, cluster, params)
            return update, lambda: {"update": update}
        unserved = [name for name in asked if name not in MEMBERS]
        if unserved:
            raise invalid_request(f"The sandbox does not update {unserved[0]}", clusterName=cluster.name)
        if len(asked) != 1:
            raise invalid_parameter("Only one type of update can be allowed.", clusterName=cluster.name)
        kind, described, finish = _change(region, cluster, asked[0], params[asked[0]])
        update = updates.begin(region, cluster, kind, described, CONFIG_SECONDS, finish)
        return update, lambda: {"update": update}

    return region.once("UpdateClusterConfig", params, make)


def _auto_mode(region: Region, cluster: Cluster, params: dict[str, Any]) -> dict[str, Any]:
    made = auto_mode.settings(region, params)
    before = cluster.data.get("computeConfig", {})
    if made.get("computeConfig", {}) == before:
        raise invalid_parameter("No changes needed: Auto Mode is as asked for", clusterName=cluster.name)
    role = before.get("nodeRoleArn")
    if made and role and role != made["computeConfig"].get("nodeRoleArn"):
        raise invalid_parameter("The nodeRoleArn cannot be changed", clusterName=cluster.name)
    described = {"ComputeConfig": params["computeConfig"]}

    def finish() -> None:
        auto_mode.apply(cluster.data, made)
        auto_nodes.follow(region, cluster)

    return updates.begin(region, cluster, "AutoModeUpdate", described, CONFIG_SECONDS, finish)


def _free(region: Region, name: str) -> Cluster:
    cluster = region.cluster(name)
    if cluster.status == "UPDATING" or updates.rolling_back(cluster):
        raise in_use(f"Cluster '{name}' has an update in progress", clusterName=name)
    cluster.require_active()
    return cluster


def _change(region: Region, cluster: Cluster, member: str, asked: Any) -> Change:
    data = cluster.data
    if member == "resourcesVpcConfig":
        return _vpc(region, cluster, asked)
    if member == "accessConfig":
        mode, current = asked.get("authenticationMode"), cluster.mode
        if mode is None or MODES.index(mode) < MODES.index(current):
            raise invalid_parameter(f"Unsupported authentication mode update from {current} to {mode}")
        if mode == current:
            raise invalid_parameter(f"Cluster is already at the desired authentication mode {mode}")
        return (
            "AccessConfigUpdate",
            {"AuthenticationMode": mode},
            lambda: data["accessConfig"].update(authenticationMode=mode),
        )
    if member == "logging":
        setups = logging_view(asked)
        if setups == data["logging"]:
            raise invalid_parameter("No changes needed for the logging config provided")
        return "LoggingUpdate", {"ClusterLogging": asked}, lambda: data.update(logging=setups)
    if asked == data[member]:
        raise invalid_parameter(f"No changes needed: {member} is as asked for")
    name = member[0].upper() + member[1:]
    kind = name.removesuffix("Config") + ("ConfigUpdate" if member == "zonalShiftConfig" else "Update")
    return kind, {name: asked}, lambda: data.update({member: asked})


def _vpc(region: Region, cluster: Cluster, asked: dict[str, Any]) -> Change:
    current = cluster.data["resourcesVpcConfig"]
    changed = {name: value for name, value in asked.items() if current.get(name) != value}
    if not changed:
        raise invalid_parameter("Cluster is already at the desired configuration")
    found: list[Any] = []
    if {"subnetIds", "securityGroupIds"} & set(changed):
        if "subnetIds" in changed:
            found = network.check_cluster_subnets(region, changed["subnetIds"])
            if found[0].vpc_id != current["vpcId"]:
                raise invalid_parameter("Subnets specified must belong to the cluster's VPC.")
            network.check_zones(found, cluster.zones)
        network.check_security_groups(region, changed.get("securityGroupIds", []))
        kind = "VpcConfigUpdate"
    else:
        after = {**current, **changed}
        if not after["endpointPublicAccess"] and not after["endpointPrivateAccess"]:
            raise invalid_parameter("Private and public endpoint access cannot be false")
        kind = "EndpointAccessUpdate"
    names = {
        "subnetIds": "Subnets",
        "securityGroupIds": "SecurityGroups",
        "endpointPublicAccess": "EndpointPublicAccess",
        "endpointPrivateAccess": "EndpointPrivateAccess",
        "publicAccessCidrs": "PublicAccessCidrs",
    }
    described = {names[name]: value for name, value in changed.items() if name in names}

    def finish() -> None:
        current.update(changed)
        if found:
            network.move_interfaces(region, cluster, found)

    return kind, described, finish


def update_cluster_version(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    def make() -> tuple[Any, Any]:
        cluster = _free(region, params["name"])
        asked, current = params["version"], cluster.data["version"]
        versions.check(region, asked)
        step = versions.minor(asked) - versions.minor(current)
        if step not in (1, -1):
            raise invalid_parameter(f"Unsupported Kubernetes minor version update from {current} to {asked}")
        _check_rollback_config(params, step)
        if step == 1:
            _check_node_groups(cluster, current)
            _check_insights(region, cluster, params, "UPGRADE_READINESS", asked, {"ERROR"})
        else:
            rollback_window.check(region, cluster, asked)
            _check_insights(region, cluster, params, "ROLLBACK_READINESS", asked, {"ERROR", "UNKNOWN"})
        described = {"Version": asked, "PlatformVersion": "eks.1"}
        kind = "VersionUpdate" if step == 1 else "VersionRollback"

        def finish() -> None:
            cluster.data.update(version=asked)
            if step == 1:
                rollback_window.opened(region, cluster)
                auto_nodes.replace(region, cluster, asked)
            else:
                cluster.upgraded_at = None
            insights.look(region, cluster)

        problems = lambda: _problems(region, cluster)  # noqa: E731
        if step == 1 or not cluster.data.get("computeConfig", {}).get("enabled"):
            update = updates.begin(region, cluster, kind, described, VERSION_SECONDS, finish, problems)
            return update, lambda: {"update": update}

        def replaced() -> None:
            if update["status"] == "InProgress":
                auto_nodes.replace(region, cluster, asked)
                updates.carry_out(region, cluster, update, VERSION_SECONDS, finish, problems)

        # The cluster stays ACTIVE meanwhile: https://docs.aws.amazon.com/eks/latest/userguide/rollback-automode.html
        update = updates.announce(region, cluster, kind, described)
        region.timeline.after(NODES_SECONDS, replaced)
        return update, lambda: {"update": update}

    return region.once("UpdateClusterVersion", params, make)


def _check_rollback_config(params: dict[str, Any], step: int) -> None:
    config = params.get("rollbackConfig")
    if config is None:
        return
    if step == 1:
        raise invalid_parameter("rollbackConfig can only be given for a rollback")
    # https://docs.aws.amazon.com/eks/latest/APIReference/API_RollbackConfig.html
    if not 120 <= config.get("timeoutMinutes", 720) <= 10080:
        raise invalid_parameter("timeoutMinutes must be between 120 and 10080")


def _check_node_groups(cluster: Cluster, version: str) -> None:
    for name, group in cluster.nodegroups.items():
        members = {"clusterName": cluster.name, "nodegroupName": name}
        if group.status in ("CREATING", "UPDATING"):
            raise in_use(f"Nodegroup {name} has an operation in progress", **members)
        if group.data["version"] != version:
            raise invalid_request(
                f"Nodegroup {name} must be updated to match cluster version {version} before updating cluster version",
                **members,
            )


def _check_insights(
    region: Region, cluster: Cluster, params: dict[str, Any], category: str, version: str, statuses: set[str]
) -> None:
    if params.get("force"):
        return
    if category == "ROLLBACK_READINESS":
        # EKS looks again by itself before a rollback.
        insights.look(region, cluster)
    found = insights.blocking(cluster, category, version, statuses)
    if found:
        raise invalid_state(
            f"Amazon EKS detected readiness issues: {', '.join(found)}. Call the ListInsights API to view them, "
            "or pass the force flag to override them.",
            clusterName=cluster.name,
        )


def _problems(region: Region, cluster: Cluster) -> list[dict[str, Any]]:
    """New API servers need addresses in the subnets."""
    asked = cluster.data["resourcesVpcConfig"]["subnetIds"]
    free = network.free_addresses(region, asked)
    if free >= FREE_ADDRESSES:
        return []
    message = f"The subnets of the cluster have {free} free IP addresses"
    return [{"errorCode": "IpNotAvailable", "errorMessage": message, "resourceIds": list(asked)}]


OPERATIONS = {"UpdateClusterConfig": update_cluster_config, "UpdateClusterVersion": update_cluster_version}
