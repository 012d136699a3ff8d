"""What a region's RDS holds. `data` is in the shape AWS answers with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from moto.rds.models import rds_backends
from moto.utilities.utils import get_partition

from ..clock import Clock, Timeline
from ..neptune.state import Neptune
from ..servers.postgres import Postgres
from ..servers.service import Running, Servers
from .errors import group_not_found, instance_not_found, snapshot_not_found, wrong_state

Data = dict[str, Any]


@dataclass
class Group:
    """A parameter group. `values` are the parameters that differ from the engine's."""

    data: Data
    values: dict[str, Data] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.data["DBParameterGroupName"]

    def value(self, parameter: str) -> str | None:
        return self.values[parameter]["ParameterValue"] if parameter in self.values else None


@dataclass
class Asked:
    """A change that AWS has accepted and not begun."""

    names: set[str] = field(default_factory=set)
    verifier: str | None = None


@dataclass
class Instance:
    data: Data
    region: Region
    group: Group
    tags: dict[str, str] = field(default_factory=dict)
    subnet_group: str | None = None
    interface: str | None = None
    group_status: str = "in-sync"
    pending: Data = field(default_factory=dict)
    asked: Asked | None = None
    source: Instance | None = None
    replicas: list[Instance] = field(default_factory=list)
    server: Running[Postgres] | None = None
    # Of the parameters, what the server was started with or has loaded since.
    loaded: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.data["DBInstanceIdentifier"]

    @property
    def status(self) -> str:
        return self.data["DBInstanceStatus"]

    def require_available(self) -> None:
        if self.status not in ("available", "storage-optimization"):
            raise wrong_state(f"Database instance {self.name} is not in available state (it is {self.status}).")


@dataclass
class Snapshot:
    data: Data
    tags: dict[str, str]
    place: Path | None = None
    server: Postgres | None = None


@dataclass
class Region:
    """One AWS region's RDS and what its operations need."""

    name: str
    account: str
    clock: Clock
    timeline: Timeline
    servers: Servers
    # Every region, for replicas of a source elsewhere.
    elsewhere: Callable[[str], Region]
    instances: dict[str, Instance] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    snapshots: dict[str, Snapshot] = field(default_factory=dict)
    retained_backups: list[Data] = field(default_factory=list)
    events: list[Data] = field(default_factory=list)
    neptune: Neptune = field(default_factory=Neptune)

    @property
    def moto(self) -> Any:
        """It has the subnet groups, which Neptune shares, and all of the other engines."""
        return rds_backends[self.account][self.name]

    def arn(self, kind: str, name: str) -> str:
        return f"arn:{get_partition(self.name)}:rds:{self.name}:{self.account}:{kind}:{name}"

    def instance(self, identifier: str) -> Instance:
        found = self.instances.get(identifier.lower())
        if found is None:
            raise instance_not_found(identifier)
        return found

    def group(self, name: str) -> Group:
        if name.lower() not in self.groups:
            raise group_not_found(name)
        return self.groups[name.lower()]

    def snapshot(self, identifier: str) -> Snapshot:
        found = self.snapshots.get(identifier.lower())
        if found is None:
            raise snapshot_not_found(identifier)
        return found

    def tell(self, instance: Instance, category: str, message: str) -> None:
        """Adds an event of an instance."""
        self.events.append(
            {
                "SourceIdentifier": instance.name,
                "SourceType": "db-instance",
                "SourceArn": instance.data["DBInstanceArn"],
                "EventCategories": [category],
                "Message": message,
                "Date": self.clock.now(),
            }
        )

    def used_by(self, group: Group) -> list[Instance]:
        return [instance for instance in self.instances.values() if instance.group is group]
