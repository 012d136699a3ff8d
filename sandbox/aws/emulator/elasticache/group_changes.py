"""Changing a replication group."""

from __future__ import annotations

from typing import Any

from ..credentials import Principal
from ..refusals import invalid_combination, invalid_value
from ..servers.valkey import digest
from . import group_checks, logins, transitions
from .groups import described, open_door, require_available, set_security_groups
from .parameter_groups import VERSIONS
from .state import Data, Group, Region

MODIFY_SECONDS = 120
# Applied without delay. Request member -> member of the answer.
PLAIN = {
    "ReplicationGroupDescription": "Description",
    "AutoMinorVersionUpgrade": "AutoMinorVersionUpgrade",
    "SnapshotRetentionLimit": "SnapshotRetentionLimit",
    "SnapshotWindow": "SnapshotWindow",
}
# Pending until the maintenance window, or until a change with ApplyImmediately.
WAIT = ("CacheNodeType", "EngineVersion", "Engine")
KNOWN = {
    *PLAIN,
    *WAIT,
    "ApplyImmediately",
    "AuthToken",
    "AuthTokenUpdateStrategy",
    "AutomaticFailoverEnabled",
    "CacheParameterGroupName",
    "MultiAZEnabled",
    "PreferredMaintenanceWindow",
    "RemoveUserGroups",
    "ReplicationGroupId",
    "SecurityGroupIds",
    "TransitEncryptionEnabled",
    "TransitEncryptionMode",
    "UserGroupIdsToAdd",
    "UserGroupIdsToRemove",
}


def modify_replication_group(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    group_checks.only(params, KNOWN, "ModifyReplicationGroup")
    group = region.group(params["ReplicationGroupId"])
    require_available(group)
    now = params.get("ApplyImmediately", False)
    # All checks come before any change.
    encryption = _encryption(group, params, now)
    users = _user_groups(region, group, params)
    tokens = _tokens(group, params, users)
    later = _upgrade(region, group, params)
    high = _availability(group, params)
    if "SecurityGroupIds" in params:
        vpc = region.subnet_group(group.subnet_group).data["VpcId"] if group.subnet_group else None
        set_security_groups(region, group, group_checks.security_groups(region, params["SecurityGroupIds"], vpc))
    group.data.update({PLAIN[name]: value for name, value in params.items() if name in PLAIN}, **high)
    group.window = params.get("PreferredMaintenanceWindow", group.window).lower()
    group.waiting.update(later)
    group.tokens = tokens
    if "AuthToken" in params:
        group.data["AuthTokenEnabled"] = bool(tokens)

    def finish() -> None:
        group.pending.clear()
        group.data.update(encryption)
        if users is not None:
            group.data["UserGroupIds"] = users
        if now:
            _apply_waiting(group)
        open_door(group)
        logins.apply(region, group)
        group.data["Status"] = "available"

    if users is not None:
        old = group.data.get("UserGroupIds", [])
        change = {"UserGroupIdsToAdd": [u for u in users if u not in old]}
        group.pending["UserGroups"] = {**change, "UserGroupIdsToRemove": [u for u in old if u not in users]}
    group.pending.update(encryption)
    transitions.after(region, group, "modifying", MODIFY_SECONDS, finish)
    return {"ReplicationGroup": described(region, group)}


def _encryption(group: Group, params: dict[str, Any], now: bool) -> Data:
    """TLS is switched on and off by way of the mode `preferred`, in which both kinds of clients are served."""
    enabled = params.get("TransitEncryptionEnabled")
    mode = params.get("TransitEncryptionMode")
    if enabled is None and mode is None:
        return {}
    if not now:
        raise invalid_combination("Encryption in transit can only be changed with ApplyImmediately.")
    has, current = group.data["TransitEncryptionEnabled"], group.data.get("TransitEncryptionMode")
    if enabled is False:
        if has and current != "preferred":
            message = "TransitEncryptionMode must be preferred before encryption in transit is switched off."
            raise invalid_combination(message)
        return {"TransitEncryptionEnabled": False}
    if not has and (not enabled or mode != "preferred"):
        message = "To enable encryption in transit, TransitEncryptionMode must first be preferred, then required."
        raise invalid_combination(message)
    return {"TransitEncryptionEnabled": True, "TransitEncryptionMode": mode or current}


def _user_groups(region: Region, group: Group, params: dict[str, Any]) -> list[str] | None:
    """The user groups that it will have; None: no change."""
    adding, removing = params.get("UserGroupIdsToAdd", []), params.get("UserGroupIdsToRemove", [])
    removes_all = params.get("RemoveUserGroups", False)
    if not adding and not removing and not removes_all:
        return None
    current = group.data.get("UserGroupIds", [])
    unknown = [each for each in removing if each.lower() not in current]
    if unknown:
        raise invalid_value(f"User group {unknown[0]} is not associated with the replication group.")
    kept = [] if removes_all else [each for each in current if each not in [r.lower() for r in removing]]
    wanted = kept + [each.lower() for each in adding if each.lower() not in kept]
    group_checks.access(group.data["TransitEncryptionEnabled"], wanted, None)
    return group_checks.user_groups(region, wanted, group.data["Engine"])


def _tokens(group: Group, params: dict[str, Any], users: list[str] | None) -> tuple[str, ...]:
    strategy = params.get("AuthTokenUpdateStrategy")
    if strategy == "DELETE":
        if not users:
            raise invalid_combination("The AUTH token can only be deleted when user groups are associated.")
        return ()
    if "AuthToken" not in params:
        if strategy:
            raise invalid_combination("AuthTokenUpdateStrategy must be given together with AuthToken.")
        return group.tokens
    group_checks.access(group.data["TransitEncryptionEnabled"], group.data.get("UserGroupIds", []), params["AuthToken"])
    given = digest(params["AuthToken"])
    if strategy == "SET":
        if given not in group.tokens:
            raise invalid_combination("The strategy SET is allowed only after ROTATE.")
        return (given,)
    return (*group.tokens[-1:], given)


def _upgrade(region: Region, group: Group, params: dict[str, Any]) -> Data:
    engine = group_checks.engine(params.get("Engine", group.data["Engine"]))
    if (group.data["Engine"], engine) == ("valkey", "redis"):
        raise invalid_combination("Cannot change the engine from valkey to redis.")
    version = group.version
    if "EngineVersion" in params or engine != group.data["Engine"]:
        version = group_checks.full_version(engine, params.get("EngineVersion"))
    order = VERSIONS[engine]
    if engine == group.data["Engine"] and order.index(version) < order.index(group.version):
        raise invalid_combination(f"Cannot downgrade {engine} from {group.version} to {version}")
    name = params.get("CacheParameterGroupName")
    if name is None and group.parameter_group.startswith("default."):
        parameters = group_checks.parameter_group(region, None, engine, version)
    else:
        parameters = group_checks.parameter_group(region, name or group.parameter_group, engine, version)
    if name:
        group.parameter_group = parameters.data["CacheParameterGroupName"]
    changes: Data = {"Engine": engine} if engine != group.data["Engine"] else {}
    if version != group.version:
        changes.update(EngineVersion=version, CacheParameterGroupName=parameters.data["CacheParameterGroupName"])
    if params.get("CacheNodeType", group.data["CacheNodeType"]) != group.data["CacheNodeType"]:
        changes["CacheNodeType"] = group_checks.node_type(params["CacheNodeType"])
    return changes


def _apply_waiting(group: Group) -> None:
    waiting, group.waiting = group.waiting, {}
    group.version = waiting.pop("EngineVersion", group.version)
    group.parameter_group = waiting.pop("CacheParameterGroupName", group.parameter_group)
    group.data.update(waiting)


def _availability(group: Group, params: dict[str, Any]) -> Data:
    failover = params.get("AutomaticFailoverEnabled", group.data["AutomaticFailover"] == "enabled")
    multi = params.get("MultiAZEnabled", group.data["MultiAZ"] == "enabled")
    group_checks.nodes(len(group.data["MemberClusters"]), failover, multi)
    return {
        "AutomaticFailover": "enabled" if failover else "disabled",
        "MultiAZ": "enabled" if multi else "disabled",
    }


OPERATIONS = {"ModifyReplicationGroup": modify_replication_group}
