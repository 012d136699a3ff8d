"""Cache parameter groups, and which family a version has."""

from __future__ import annotations

import re
from functools import partial
from typing import Any

from .. import marker, tag_list
from ..credentials import Principal
from ..refusals import invalid_combination, invalid_value
from .errors import parameter_group_exists, parameter_group_state
from .state import ParameterGroup, Region

# Oldest first; the last one is the engine's default. https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/engine-versions.html
VERSIONS = {"valkey": ("7.2", "8.0", "8.1", "8.2"), "redis": ("6.2", "7.0", "7.1")}
FAMILIES = {"redis6.x", "redis7", "valkey7", "valkey8"}
# A part of `aws elasticache describe-engine-default-parameters`: those that people change. Others are refused.
CATALOG = {
    "activedefrag": ("no", "string"),
    "close-on-replica-write": ("yes", "string"),
    "cluster-enabled": ("no", "string"),
    "lazyfree-lazy-eviction": ("no", "string"),
    "lazyfree-lazy-expire": ("no", "string"),
    "maxmemory-policy": ("volatile-lru", "string"),
    "maxmemory-samples": ("3", "integer"),
    "notify-keyspace-events": ("", "string"),
    "reserved-memory-percent": ("25", "integer"),
    "slowlog-log-slower-than": ("10000", "integer"),
    "slowlog-max-len": ("128", "integer"),
    "timeout": ("0", "integer"),
    "tcp-keepalive": ("300", "integer"),
}
# Those that a stock server knows under this name.
REAL = set(CATALOG) - {"activedefrag", "close-on-replica-write", "cluster-enabled", "reserved-memory-percent"}
POLICIES = {f"{kind}-{how}" for kind in ("volatile", "allkeys") for how in ("lru", "lfu", "random")}


def family(engine: str, version: str) -> str:
    number = version.split(".")[0]
    return f"{engine}{number}.x" if (engine, number) == ("redis", "6") else f"{engine}{number}"


def default_group(region: Region, wanted: str) -> ParameterGroup:
    """Made by AWS when it is first needed; it cannot be changed."""
    name = f"default.{wanted}"
    if name not in region.parameter_groups:
        region.parameter_groups[name] = _new(region, name, wanted, f"Default parameter group for {wanted}", {})
    return region.parameter_groups[name]


def _new(region: Region, name: str, wanted: str, description: str, tags: dict[str, str]) -> ParameterGroup:
    data = {
        "CacheParameterGroupName": name,
        "CacheParameterGroupFamily": wanted,
        "Description": description,
        "IsGlobal": False,
        "ARN": region.arn("parametergroup", name),
    }
    return ParameterGroup(data, tags=tags)


def find(region: Region, name: str) -> ParameterGroup:
    wanted = name.removeprefix("default.")
    return default_group(region, wanted) if wanted != name and wanted in FAMILIES else region.parameter_group(name)


def create_cache_parameter_group(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    name, wanted = params["CacheParameterGroupName"].lower(), params["CacheParameterGroupFamily"]
    if not re.fullmatch(r"[a-z](?!.*--)[a-z0-9-]{0,254}(?<!-)", name):
        raise invalid_value("The parameter CacheParameterGroupName is not a valid identifier.")
    if wanted not in FAMILIES:
        raise invalid_value(f"CacheParameterGroupFamily {wanted} is not a valid parameter group family.")
    if name in region.parameter_groups:
        raise parameter_group_exists(name)
    made = _new(region, name, wanted, params["Description"], tag_list.read(params.get("Tags")))
    region.parameter_groups[name] = made
    return {"CacheParameterGroup": made.data}


def describe_cache_parameter_groups(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    name = params.get("CacheParameterGroupName")
    found = [find(region, name)] if name else list(region.parameter_groups.values())
    return marker.page("CacheParameterGroups", [group.data for group in found], params)


def modify_cache_parameter_group(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    group = _changeable(region, params["CacheParameterGroupName"])
    changes = params["ParameterNameValues"]
    if not 1 <= len(changes) <= 20:
        raise invalid_value("The request must contain 1 to 20 parameters.")
    given = {change.get("ParameterName", ""): change.get("ParameterValue") for change in changes}
    for name, value in given.items():
        _check(name, value)
    group.values.update({name: value for name, value in given.items() if value is not None})
    _spread(region, group, given)
    return {"CacheParameterGroupName": group.data["CacheParameterGroupName"]}


def _check(name: str, value: str | None) -> None:
    if name not in CATALOG:
        raise invalid_value(f"Could not find parameter with name: {name}")
    if name == "cluster-enabled":
        raise invalid_combination(
            "cluster-enabled can only be set before the group is used; the sandbox has no clusters."
        )
    wrong = value is None or (CATALOG[name][1] == "integer" and not re.fullmatch(r"-?\d+", value))
    if wrong or (name == "maxmemory-policy" and value not in POLICIES | {"noeviction", "volatile-ttl"}):
        raise invalid_value(f"The parameter value {value} is invalid for the parameter {name}.")


def _spread(region: Region, group: ParameterGroup, changes: dict[str, Any]) -> None:
    """All of these are applied to running nodes at once."""
    for each in region.groups.values():
        if each.parameter_group == group.data["CacheParameterGroupName"] and each.server:
            for name in REAL & set(changes):
                each.server.jobs.add(partial(each.server.server.set_option, name, changes[name]))


def settings(group: ParameterGroup) -> dict[str, str]:
    return {name: value or '""' for name, value in group.values.items() if name in REAL}


def delete_cache_parameter_group(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    group = _changeable(region, params["CacheParameterGroupName"])
    name = group.data["CacheParameterGroupName"]
    if any(each.parameter_group == name for each in region.groups.values()):
        raise parameter_group_state("One or more cache clusters are still members of this parameter group.")
    del region.parameter_groups[name]
    return {}


def _changeable(region: Region, name: str) -> ParameterGroup:
    if name.startswith("default."):
        raise parameter_group_state(f"The parameter group {name} is a default group and cannot be changed or deleted.")
    return region.parameter_group(name)


def describe_cache_parameters(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    group = find(region, params["CacheParameterGroupName"])
    shown = [
        {
            "ParameterName": name,
            "ParameterValue": group.values.get(name, default),
            "Source": "user" if name in group.values else "system",
            "DataType": kind,
            "IsModifiable": True,
            "MinimumEngineVersion": "2.8.6",
            "ChangeType": "immediate",
        }
        for name, (default, kind) in CATALOG.items()
    ]
    wanted = params.get("Source")
    return marker.page("Parameters", [each for each in shown if wanted in (None, each["Source"])], params)


OPERATIONS = {
    "CreateCacheParameterGroup": create_cache_parameter_group,
    "DescribeCacheParameterGroups": describe_cache_parameter_groups,
    "ModifyCacheParameterGroup": modify_cache_parameter_group,
    "DeleteCacheParameterGroup": delete_cache_parameter_group,
    "DescribeCacheParameters": describe_cache_parameters,
}
