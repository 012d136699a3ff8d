"""Users: up to two passwords, which are given as a whole and never shown."""

from __future__ import annotations

import re
from typing import Any

from .. import marker, tag_list
from ..credentials import Principal
from ..refusals import invalid_combination, invalid_value
from ..servers.valkey import digest
from . import logins
from .errors import default_user_in_use, duplicate_user_name, user_exists, user_state
from .state import ENGINES, Data, Region, User

IDENTIFIER = re.compile(r"[a-z][a-z0-9-]*", re.IGNORECASE)
MODIFY_SECONDS = 30
DELETE_SECONDS = 30
MAX_PASSWORDS = 2


def create_user(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    name = params["UserId"].lower()
    if not IDENTIFIER.fullmatch(name) or len(name) > 40:
        raise invalid_value(
            "The parameter UserId must begin with a letter and contain only letters, digits and hyphens."
        )
    if name in region.users or name == "default":
        raise user_exists(name)
    engine = params["Engine"].lower()
    if engine not in ENGINES:
        raise invalid_value(f"Invalid value for Engine: {engine}")
    _check_access(params["AccessString"])
    mode, passwords = _authentication(params)
    if mode is None:
        message = "Input validation failed: a user needs passwords, IAM authentication or NoPasswordRequired."
        raise invalid_combination(message)
    _check_engine(engine, mode)
    if mode == "iam" and params["UserName"].lower() != name:
        raise invalid_combination("UserName and UserId must be identical for a user with IAM authentication.")
    data: Data = {
        "UserId": name,
        "UserName": params["UserName"],
        "Status": "active",
        "Engine": engine,
        "MinimumEngineVersion": "7.2" if engine == "valkey" else "7.0" if mode == "iam" else "6.0",
        "AccessString": params["AccessString"],
        "Authentication": _shown(mode, passwords),
        "ARN": region.arn("user", name),
    }
    region.users[name] = User(data, passwords, tag_list.read(params.get("Tags")))
    return described(region, region.users[name])


def _check_engine(engine: str, mode: str) -> None:
    # https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Clusters.RBAC.html
    if engine == "valkey" and mode == "no-password-required":
        raise invalid_combination("A user of the engine valkey needs a password or IAM authentication.")


def _mode_of(user: User) -> str:
    return "no-password-required" if user.passwords is None else "password"


def _check_access(access: str) -> None:
    words = access.split()
    allowed = re.compile(
        r"on|off|[~&%].+|allkeys|resetkeys|allchannels|resetchannels|[+-].+|allcommands|nocommands|\(.*|.*\)"
    )
    if not words or any(not allowed.fullmatch(word) for word in words):
        raise invalid_value("Input validation failed: the access string is malformed.")


def _authentication(params: dict[str, Any]) -> tuple[str | None, tuple[str, ...] | None]:
    """The type, and the digests of the passwords; (None, None) if the request has nothing of it."""
    mode = params.get("AuthenticationMode", {})
    if mode and ("Passwords" in params or "NoPasswordRequired" in params):
        raise invalid_combination("AuthenticationMode cannot be combined with Passwords or NoPasswordRequired.")
    given = mode.get("Passwords", params.get("Passwords"))
    without = params.get("NoPasswordRequired", False)
    kind = mode.get("Type") or ("no-password-required" if without else "password" if given is not None else None)
    if kind != "password":
        if given:
            raise invalid_combination("Passwords can only be given to a user that authenticates with them.")
        return kind, (() if kind == "iam" else None)
    if not given or len(given) > MAX_PASSWORDS or len(set(given)) != len(given):
        raise invalid_value(f"A user must have one or {MAX_PASSWORDS} different passwords.")
    if any(not re.fullmatch(r"\S{16,128}", password) for password in given):
        raise invalid_value("Passwords must be 16 to 128 characters long and contain no spaces.")
    return kind, tuple(digest(password) for password in given)


def _shown(mode: str, passwords: tuple[str, ...] | None) -> Data:
    kind = "no-password" if mode == "no-password-required" else mode
    return {"Type": kind, **({"PasswordCount": len(passwords or ())} if kind == "password" else {})}


def described(region: Region, user: User) -> Data:
    identifier = user.data["UserId"]
    groups = [group.name for group in region.user_groups.values() if identifier in group.users]
    return {**user.data, "UserGroupIds": groups}


def describe_users(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    name = params.get("UserId")
    found = [region.user(name)] if name else list(region.users.values())
    if params.get("Engine"):
        found = [user for user in found if user.data["Engine"] == params["Engine"].lower()]
    for each in params.get("Filters", []):
        member = {"user-id": "UserId", "user-name": "UserName", "status": "Status"}.get(each["Name"])
        if member:
            found = [user for user in found if user.data[member] in each["Values"]]
    return marker.page("Users", [described(region, user) for user in found], params)


def modify_user(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    user = region.user(params["UserId"])
    _require_active(user)
    if "AccessString" in params and "AppendAccessString" in params:
        raise invalid_combination("AccessString and AppendAccessString cannot be combined.")
    access = params.get("AccessString", user.data["AccessString"])
    if "AppendAccessString" in params:
        access = f"{access} {params['AppendAccessString']}"
    _check_access(access)
    mode, passwords = _authentication(params)
    engine = params.get("Engine", user.data["Engine"]).lower()
    _check_engine(engine, mode or _mode_of(user))
    if mode is not None:
        user.passwords = passwords
        user.data["Authentication"] = _shown(mode, passwords)
    user.data.update(Status="modifying", AccessString=access, Engine=engine)

    def finish() -> None:
        if user.data["Status"] == "modifying":
            user.data["Status"] = "active"
            logins.spread(region, user.data["UserId"])

    region.timeline.after(MODIFY_SECONDS, finish)
    return described(region, user)


def _require_active(user: User) -> None:
    if user.data["Status"] != "active":
        raise user_state(f"User {user.data['UserId']} is not in active state (it is {user.data['Status']}).")


def delete_user(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    user = region.user(params["UserId"])
    _require_active(user)
    identifier = user.data["UserId"]
    for group in region.user_groups.values():
        if identifier in group.users and user.name == "default":
            raise default_user_in_use(group.name)
    user.data["Status"] = "deleting"
    for group in region.user_groups.values():
        if identifier in group.users:
            group.users.remove(identifier)
            logins.spread_group(region, group.name)
    region.timeline.after(DELETE_SECONDS, lambda: region.users.pop(identifier, None) and None)
    return described(region, user)


def check_names(region: Region, identifiers: list[str]) -> None:
    """Of a group's users, each name is there once."""
    names = [region.user(identifier).name for identifier in identifiers]
    for name in names:
        if names.count(name) > 1:
            raise duplicate_user_name(name)


OPERATIONS = {
    "CreateUser": create_user,
    "DescribeUsers": describe_users,
    "ModifyUser": modify_user,
    "DeleteUser": delete_user,
}
