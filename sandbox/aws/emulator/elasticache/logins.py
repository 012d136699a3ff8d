"""Who may log in to a replication group, brought to its server."""

from __future__ import annotations

from ..servers.valkey import Login
from .state import Group, Region

EVERYTHING = "on ~* &* +@all"


def of(region: Region, group: Group) -> list[Login]:
    """The users of its user group; without one, the user default, who needs the AUTH token if there is one."""
    attached = group.data.get("UserGroupIds", [])
    if not attached:
        return [Login("default", EVERYTHING, group.tokens or None)]
    return [region.users[user].login for name in attached for user in region.user_groups[name].users]


def spread_group(region: Region, user_group: str) -> None:
    for group in region.groups.values():
        if user_group in group.data.get("UserGroupIds", []):
            apply(region, group)


def spread(region: Region, user: str) -> None:
    for user_group in region.user_groups.values():
        if user in user_group.users:
            spread_group(region, user_group.name)


def apply(region: Region, group: Group) -> None:
    if group.server:
        server, wanted = group.server.server, of(region, group)
        group.server.jobs.add(lambda: server.set_logins(wanted))
