"""What a region's Neptune holds. `data` is in the shape AWS answers with."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..refusals import refusal

if TYPE_CHECKING:
    from ..rds.state import Group, Region

Data = dict[str, Any]


@dataclass
class Snapshot:
    data: Data
    tags: dict[str, str]


@dataclass
class Node:
    """An instance of a cluster."""

    data: Data
    cluster: Cluster
    tags: dict[str, str]
    interface: str | None = None
    group_status: str = "in-sync"
    pending: Data = field(default_factory=dict)

    @property
    def name(self) -> str:
        return str(self.data["DBInstanceIdentifier"])

    @property
    def status(self) -> str:
        return str(self.data["DBInstanceStatus"])

    def require_available(self) -> None:
        if self.status != "available":
            message = f"Database instance {self.name} is not in available state (it is {self.status})."
            raise refusal("rds", "InvalidDBInstanceStateFault", message)


@dataclass
class Cluster:
    data: Data
    region: Region
    group: Group
    tags: dict[str, str]
    subnet_group: str | None
    # The first one is the writer.
    nodes: list[Node] = field(default_factory=list)
    pending: Data = field(default_factory=dict)

    @property
    def name(self) -> str:
        return str(self.data["DBClusterIdentifier"])

    @property
    def status(self) -> str:
        return str(self.data["Status"])

    def require_available(self) -> None:
        if self.status != "available":
            message = f"DB Cluster {self.name} is not currently in the available state."
            raise refusal("rds", "InvalidDBClusterStateFault", message)


@dataclass
class Neptune:
    clusters: dict[str, Cluster] = field(default_factory=dict)
    nodes: dict[str, Node] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    snapshots: dict[str, Snapshot] = field(default_factory=dict)

    def cluster(self, name: str) -> Cluster:
        found = self.clusters.get(name.lower().rpartition(":")[2])
        if found is None:
            raise refusal("rds", "DBClusterNotFoundFault", f"DBCluster {name} not found.")
        return found

    def node(self, name: str) -> Node:
        found = self.nodes.get(name.lower())
        if found is None:
            raise refusal("rds", "DBInstanceNotFoundFault", f"DBInstance {name} not found.")
        return found

    def group(self, name: str) -> Group:
        if name.lower() not in self.groups:
            message = f"DBClusterParameterGroup not found: {name}"
            raise refusal("rds", "DBParameterGroupNotFoundFault", message)
        return self.groups[name.lower()]

    def snapshot(self, name: str) -> Snapshot:
        found = self.snapshots.get(name.lower().rpartition(":")[2])
        if found is None:
            raise refusal("rds", "DBClusterSnapshotNotFoundFault", f"DBClusterSnapshot {name} not found.")
        return found

    def used_by(self, group: Group) -> list[Cluster]:
        return [cluster for cluster in self.clusters.values() if cluster.group is group]
