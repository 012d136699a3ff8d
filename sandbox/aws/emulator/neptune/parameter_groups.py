"""DB cluster parameter groups of Neptune: https://docs.aws.amazon.com/neptune/latest/userguide/parameters.html"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from .. import marker, tag_list
from ..credentials import Principal
from ..rds.parameter_requests import check_name, checked_changes, described, wrong_value
from ..rds.state import Group, Region
from ..refusals import invalid_combination, invalid_value, refusal
from .versions import is_family


@dataclass(frozen=True)
class Parameter:
    default: str
    allowed: str
    static: bool = True


# Those of a cluster that people change. Others are refused.
CATALOG = {
    "neptune_enable_audit_log": Parameter("0", "0|1"),
    "neptune_enable_slow_query_log": Parameter("0", "0|info|debug", static=False),
    "neptune_query_timeout": Parameter("120000", r"\d{2,10}", static=False),
    "neptune_slow_query_log_threshold": Parameter("5000", r"\d{1,10}", static=False),
    "neptune_streams": Parameter("0", "0|1"),
}


def create(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    name, family = params["DBClusterParameterGroupName"].lower(), params["DBParameterGroupFamily"]
    check_name("DBClusterParameterGroupName", name)
    if not is_family(family):
        raise invalid_value(f"ParameterGroupFamily {family} is not a valid parameter group family")
    if name in region.neptune.groups:
        message = f"Parameter group {name} already exists"
        raise refusal("rds", "DBParameterGroupAlreadyExistsFault", message)
    group = _add(region, name, family, params["Description"], tag_list.read(params.get("Tags")))
    return {"DBClusterParameterGroup": group.data}


def default_group(region: Region, family: str) -> Group:
    name = f"default.{family}"
    known = region.neptune.groups.get(name)
    return known or _add(region, name, family, f"Default cluster parameter group for {family}", {})


def _add(region: Region, name: str, family: str, description: str, tags: dict[str, str]) -> Group:
    data = {
        "DBClusterParameterGroupName": name,
        "DBParameterGroupFamily": family,
        "Description": description,
        "DBClusterParameterGroupArn": region.arn("cluster-pg", name),
    }
    region.neptune.groups[name] = Group(data, tags=tags)
    return region.neptune.groups[name]


def fits(group: Group, version: str, wanted: str) -> Group:
    own = group.data["DBParameterGroupFamily"]
    if own != wanted:
        name = group.data["DBClusterParameterGroupName"]
        message = f"The parameter group {name} with DBParameterGroupFamily {own} can't be used for version {version}."
        raise invalid_combination(message)
    return group


def describe(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    name = params.get("DBClusterParameterGroupName")
    found = [region.neptune.group(name)] if name else list(region.neptune.groups.values())
    return marker.page("DBClusterParameterGroups", [group.data for group in found], params)


def modify(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    group = _changeable(region, params)
    changes = checked_changes(params, _is_static)
    for change in changes:
        allowed = CATALOG[change["ParameterName"]].allowed
        if not re.fullmatch(allowed, change["ParameterValue"]):
            raise wrong_value(change, allowed)
    waits = False
    for change in changes:
        name, value = change["ParameterName"], change["ParameterValue"]
        differs = group.value(name) != value
        waits = waits or (differs and (CATALOG[name].static or change["ApplyMethod"] == "pending-reboot"))
        group.values[name] = {"ParameterValue": value, "ApplyMethod": change["ApplyMethod"]}
    for cluster in region.neptune.used_by(group) if waits else []:
        for node in cluster.nodes:
            node.group_status = "pending-reboot"
    return {"DBClusterParameterGroupName": params["DBClusterParameterGroupName"]}


def _is_static(name: str) -> bool | None:
    return CATALOG[name].static if name in CATALOG else None


def delete(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    group = _changeable(region, params)
    if region.neptune.used_by(group):
        message = "One or more database clusters are still members of this parameter group, so it cannot be deleted."
        raise _in_use(message)
    del region.neptune.groups[group.data["DBClusterParameterGroupName"]]
    return {}


def _changeable(region: Region, params: dict[str, Any]) -> Group:
    group = region.neptune.group(params["DBClusterParameterGroupName"])
    name = group.data["DBClusterParameterGroupName"]
    if name.startswith("default."):
        raise _in_use(f"The parameter group {name} is a default group and cannot be changed or deleted.")
    return group


def _in_use(message: str) -> Exception:
    return refusal("rds", "InvalidDBParameterGroupStateFault", message)


def describe_parameters(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    group = region.neptune.group(params["DBClusterParameterGroupName"])
    shown = []
    for name, known in CATALOG.items():
        parameter = described(name, known.default, group.values.get(name), "engine-default", known.static)
        if params.get("Source", parameter["Source"]) == parameter["Source"]:
            shown.append({**parameter, "DataType": "string"})
    return marker.page("Parameters", shown, params)


OPERATIONS = {
    "CreateDBClusterParameterGroup": create,
    "DescribeDBClusterParameterGroups": describe,
    "ModifyDBClusterParameterGroup": modify,
    "DeleteDBClusterParameterGroup": delete,
    "DescribeDBClusterParameters": describe_parameters,
}
