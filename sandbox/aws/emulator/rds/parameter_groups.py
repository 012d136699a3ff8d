"""DB parameter groups. What an instance has loaded of one is in parameters.py."""

from __future__ import annotations

import re
from typing import Any

from .. import marker, tag_list
from ..credentials import Principal
from ..refusals import invalid_value
from . import parameters
from .errors import group_exists, group_in_use
from .parameter_catalog import CATALOG
from .parameter_requests import Change, check_name, checked_changes, described, wrong_value
from .state import Group, Region
from .versions import is_family


def create_db_parameter_group(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    name, family = params["DBParameterGroupName"].lower(), params["DBParameterGroupFamily"]
    check_name("DBParameterGroupName", name)
    if not is_family(family):
        raise invalid_value(f"ParameterGroupFamily {family} is not a valid parameter group family")
    if name in region.groups:
        raise group_exists(name)
    region.groups[name] = _new(region, name, family, params["Description"], tag_list.read(params.get("Tags")))
    return {"DBParameterGroup": region.groups[name].data}


def default_group(region: Region, family: str) -> Group:
    """Made by AWS when it is first needed; it cannot be changed."""
    name = f"default.{family}"
    if name not in region.groups:
        region.groups[name] = _new(region, name, family, f"Default parameter group for {family}", {})
    return region.groups[name]


def _new(region: Region, name: str, family: str, description: str, tags: dict[str, str]) -> Group:
    data = {
        "DBParameterGroupName": name,
        "DBParameterGroupFamily": family,
        "Description": description,
        "DBParameterGroupArn": region.arn("pg", name),
    }
    return Group(data, tags=tags)


def describe_db_parameter_groups(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    name = params.get("DBParameterGroupName")
    found = [_named(region, name)] if name else list(region.groups.values())
    return marker.page("DBParameterGroups", [group.data for group in found], params)


def _named(region: Region, name: str) -> Group:
    family = name.removeprefix("default.")
    if family != name and is_family(family):
        return default_group(region, family)
    return region.group(name)


def modify_db_parameter_group(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    group = _changeable(region, params["DBParameterGroupName"])
    changes = checked_changes(params, _is_static)
    for change in changes:
        _check_value(change)
    for change in changes:
        group.values[change["ParameterName"]] = {
            "ParameterValue": change["ParameterValue"],
            "ApplyMethod": change["ApplyMethod"],
        }
    parameters.changed(region, group, [change["ParameterName"] for change in changes])
    return {"DBParameterGroupName": group.name}


def _is_static(name: str) -> bool | None:
    return CATALOG[name].static if name in CATALOG else None


def _check_value(change: Change) -> None:
    known, value = CATALOG[change["ParameterName"]], change["ParameterValue"]
    number = r"-?\d+" if known.type == "integer" else r"-?\d+(\.\d+)?"
    wrong = known.allowed is not None and value not in known.allowed.split(",")
    if known.type in ("integer", "float") and "{" not in value:
        wrong = re.fullmatch(number, value) is None
    if wrong:
        raise wrong_value(change, known.allowed or known.type)


def reset_db_parameter_group(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    group = _changeable(region, params["DBParameterGroupName"])
    given = [parameter.get("ParameterName", "") for parameter in params.get("Parameters", [])]
    names = list(group.values) if params.get("ResetAllParameters") else given
    for name in names:
        group.values.pop(name, None)
    parameters.changed(region, group, names)
    return {"DBParameterGroupName": group.name}


def delete_db_parameter_group(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    group = _changeable(region, params["DBParameterGroupName"])
    if region.used_by(group):
        raise group_in_use(
            "One or more database instances are still members of this parameter group, so it cannot be deleted."
        )
    del region.groups[group.name]
    return {}


def _changeable(region: Region, name: str) -> Group:
    group = _named(region, name)
    if group.name.startswith("default."):
        raise group_in_use(f"The parameter group {group.name} is a default group and cannot be changed or deleted.")
    return group


def describe_db_parameters(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    group = _named(region, params["DBParameterGroupName"])
    shown = []
    for name, known in CATALOG.items():
        source = "system" if name.startswith("rds.") else "engine-default"
        parameter = described(name, known.default, group.values.get(name), source, known.static)
        if params.get("Source", parameter["Source"]) == parameter["Source"]:
            allowed = {"AllowedValues": known.allowed} if known.allowed else {}
            shown.append({**parameter, "DataType": known.type, **allowed})
    return marker.page("Parameters", shown, params)


OPERATIONS = {
    "CreateDBParameterGroup": create_db_parameter_group,
    "DescribeDBParameterGroups": describe_db_parameter_groups,
    "ModifyDBParameterGroup": modify_db_parameter_group,
    "ResetDBParameterGroup": reset_db_parameter_group,
    "DeleteDBParameterGroup": delete_db_parameter_group,
    "DescribeDBParameters": describe_db_parameters,
}
