"""What a region's ElastiCache holds. `data` is in the shape AWS answers with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from moto.utilities.utils import get_partition

from ..clock import Clock, Timeline
from ..errors import AwsError
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
Thing = TypeVar("Thing")
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
    events: list[Data] = field(default_factory=list)

    def tell(self, group: Group, message: str) -> None:
        """Adds an event of a replication group."""
        source = {"SourceIdentifier": group.name, "SourceType": "replication-group"}
        self.events.append({**source, "Message": message, "Date": self.clock.now()})

    def arn(self, kind: str, name: str) -> str:
        return f"arn:{get_partition(self.name)}:elasticache:{self.name}:{self.account}:{kind}:{name}"

    def user(self, name: str) -> User:
        return _named(self.users, name, user_not_found)

    def user_group(self, name: str) -> UserGroup:
        return _named(self.user_groups, name, user_group_not_found)

    def group(self, name: str) -> Group:
        return _named(self.groups, name, group_not_found)

    def parameter_group(self, name: str) -> ParameterGroup:
        return _named(self.parameter_groups, name, parameter_group_not_found)

    def subnet_group(self, name: str) -> SubnetGroup:
        return _named(self.subnet_groups, name, subnet_group_not_found)

    def snapshot(self, name: str) -> Snapshot:
        return _named(self.snapshots, name, snapshot_not_found)


def _named(things: dict[str, Thing], name: str, not_found: Callable[[str], AwsError]) -> Thing:
    """Names are without case."""
    found = things.get(name.lower())
    if found is None:
        raise not_found(name)
    return found
