"""What a region's ElastiCache holds. `data` is in the shape AWS answers with."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from moto.utilities.utils import get_partition

from ..clock import Clock, Timeline
from ..servers.service import Running, Servers
from ..servers.valkey import Login, Valkey
from .errors import (
    group_not_found,
    parameter_group_not_found,
    snapshot_not_found,
    subnet_group_not_found,
    user_group_not_found,
    user_not_found,
)

Data = dict[str, Any]
ENGINES = ("valkey", "redis")


@dataclass
class User:
    data: Data
    # SHA-256 in hexadecimal; None: no password is needed. AWS never gives them back.
    passwords: tuple[str, ...] | None
    tags: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.data["UserName"]

    @property
    def login(self) -> Login:
        return Login(self.name, self.data["AccessString"], self.passwords)


@dataclass
class UserGroup:
    data: Data
    users: list[str]
    tags: dict[str, str] = field(default_factory=dict)
    adding: list[str] = field(default_factory=list)
    removing: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.data["UserGroupId"]


@dataclass
class ParameterGroup:
    data: Data
    values: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)


@dataclass
class SubnetGroup:
    data: Data
    tags: dict[str, str] = field(default_factory=dict)


@dataclass
class Snapshot:
    data: Data
    tags: dict[str, str] = field(default_factory=dict)
    place: Path | None = None


@dataclass
class Group:
    """A replication group; here one server is all its nodes."""

    data: Data
    parameter_group: str
    subnet_group: str | None
    security_groups: list[str]
    port: int
    version: str
    tags: dict[str, str] = field(default_factory=dict)
    pending: Data = field(default_factory=dict)
    # Changes that wait for the maintenance window.
    waiting: Data = field(default_factory=dict)
    window: str = ""
    # The zones of the nodes that were asked for.
    zones: list[str] = field(default_factory=list)
    host: str = ""
    interfaces: list[str] = field(default_factory=list)
    # SHA-256 of the AUTH tokens that are valid.
    tokens: tuple[str, ...] = ()
    server: Running[Valkey] | None = None

    @property
    def name(self) -> str:
        return self.data["ReplicationGroupId"]

    @property
    def status(self) -> str:
        return self.data["Status"]


@dataclass
class Region:
    """One AWS region's ElastiCache and what its operations need."""

    name: str
    account: str
    clock: Clock
    timeline: Timeline
    servers: Servers
    users: dict[str, User] = field(default_factory=dict)
    user_groups: dict[str, UserGroup] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    parameter_groups: dict[str, ParameterGroup] = field(default_factory=dict)
    subnet_groups: dict[str, SubnetGroup] = field(default_factory=dict)
    snapshots: dict[str, Snapshot] = field(default_factory=dict)

    def arn(self, kind: str, name: str) -> str:
        return f"arn:{get_partition(self.name)}:elasticache:{self.name}:{self.account}:{kind}:{name}"

    def user(self, name: str) -> User:
        if name.lower() not in self.users:
            raise user_not_found(name)
        return self.users[name.lower()]

    def user_group(self, name: str) -> UserGroup:
        if name.lower() not in self.user_groups:
            raise user_group_not_found(name)
        return self.user_groups[name.lower()]

    def group(self, name: str) -> Group:
        if name.lower() not in self.groups:
            raise group_not_found(name)
        return self.groups[name.lower()]

    def parameter_group(self, name: str) -> ParameterGroup:
        if name.lower() not in self.parameter_groups:
            raise parameter_group_not_found(name)
        return self.parameter_groups[name.lower()]

    def subnet_group(self, name: str) -> SubnetGroup:
        if name.lower() not in self.subnet_groups:
            raise subnet_group_not_found(name)
        return self.subnet_groups[name.lower()]

    def snapshot(self, name: str) -> Snapshot:
        if name.lower() not in self.snapshots:
            raise snapshot_not_found(name)
        return self.snapshots[name.lower()]
