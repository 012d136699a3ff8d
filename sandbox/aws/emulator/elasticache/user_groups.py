"""User groups: who may log in to the replication groups that they are attached to."""

from __future__ import annotations

from typing import Any

from .. import marker, tag_list
from ..credentials import Principal
from ..refusals import invalid_combination, invalid_value
from . import logins, users
from .errors import default_user_required, user_group_exists, user_group_state
from .state import ENGINES, Data, Region, UserGroup

CREATE_SECONDS = 10
MODIFY_SECONDS = 30
DELETE_SECONDS = 20


def create_user_group(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    name, engine = params["UserGroupId"].lower(), params["Engine"].lower()
    if not users.IDENTIFIER.fullmatch(name) or len(name) > 40:
        raise invalid_value(
            "The parameter UserGroupId must begin with a letter and contain only letters, digits, hyphens."
        )
    if engine not in ENGINES:
        raise invalid_value(f"Invalid value for Engine: {engine}")
    if name in region.user_groups:
        raise user_group_exists(name)
    members = [identifier.lower() for identifier in params.get("UserIds", [])]
    _check(region, engine, members)
    data: Data = {
        "UserGroupId": name,
        "Status": "creating",
        "Engine": engine,
        "MinimumEngineVersion": "7.2" if engine == "valkey" else "6.0",
        "ARN": region.arn("usergroup", name),
    }
    group = UserGroup(data, members, tag_list.read(params.get("Tags")))
    region.user_groups[name] = group
    region.timeline.after(CREATE_SECONDS, lambda: _become(group, "creating", "active"))
    return described(region, group)


def _check(region: Region, engine: str, members: list[str]) -> None:
    for identifier in members:
        user = region.user(identifier)
        if engine == "valkey" and user.passwords is None:
            raise invalid_value(f"User {identifier} has no password: a user group of the engine valkey refuses it.")
        if engine == "redis" and user.data["Engine"] != "redis":
            raise invalid_value(f"User {identifier} has the engine {user.data['Engine']}, the user group {engine}.")
    users.check_names(region, members)
    if not any(region.user(identifier).name == "default" for identifier in members):
        raise default_user_required()


def _become(group: UserGroup, before: str, status: str) -> None:
    if group.data["Status"] == before:
        group.data["Status"] = status


def described(region: Region, group: UserGroup) -> Data:
    attached = [each.name for each in region.groups.values() if group.name in each.data.get("UserGroupIds", [])]
    pending = {"UserIdsToAdd": group.adding, "UserIdsToRemove": group.removing}
    return {
        **group.data,
        "UserIds": list(group.users),
        "ReplicationGroups": attached,
        **({"PendingChanges": pending} if group.adding or group.removing else {}),
    }


def describe_user_groups(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    name = params.get("UserGroupId")
    found = [region.user_group(name)] if name else list(region.user_groups.values())
    return marker.page("UserGroups", [described(region, group) for group in found], params)


def modify_user_group(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    group = region.user_group(params["UserGroupId"])
    require_active(group)
    adding = [identifier.lower() for identifier in params.get("UserIdsToAdd", [])]
    removing = [identifier.lower() for identifier in params.get("UserIdsToRemove", [])]
    if not adding and not removing and "Engine" not in params:
        raise invalid_combination("UserIdsToAdd or UserIdsToRemove is needed.")
    if set(adding) & set(removing):
        raise invalid_combination("A user cannot be added and removed at once.")
    if set(removing) - set(group.users):
        raise invalid_value(f"User {min(set(removing) - set(group.users))} is not a member of the user group.")
    wanted = [user for user in group.users if user not in removing] + [u for u in adding if u not in group.users]
    _check(region, group.data["Engine"], wanted)
    group.data["Status"] = "modifying"
    group.adding, group.removing = adding, removing

    def finish() -> None:
        if group.data["Status"] != "modifying":
            return
        group.users = [user for user in wanted if user in region.users]
        group.adding, group.removing = [], []
        group.data["Status"] = "active"
        logins.spread_group(region, group.name)

    region.timeline.after(MODIFY_SECONDS, finish)
    return described(region, group)


def require_active(group: UserGroup) -> None:
    if group.data["Status"] != "active":
        raise user_group_state(f"User group {group.name} is not in active state (it is {group.data['Status']}).")


def delete_user_group(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    group = region.user_group(params["UserGroupId"])
    require_active(group)
    attached = described(region, group)["ReplicationGroups"]
    if attached:
        raise user_group_state(f"User group {group.name} is associated with the replication group {attached[0]}.")
    group.data["Status"] = "deleting"
    region.timeline.after(DELETE_SECONDS, lambda: region.user_groups.pop(group.name, None) and None)
    return described(region, group)


OPERATIONS = {
    "CreateUserGroup": create_user_group,
    "DescribeUserGroups": describe_user_groups,
    "ModifyUserGroup": modify_user_group,
    "DeleteUserGroup": delete_user_group,
}
