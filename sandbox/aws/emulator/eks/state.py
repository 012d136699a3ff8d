"""What a region's EKS holds. `data` is in the shape AWS answers with."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ..clock import Clock, Timeline
from ..config import Authenticator, ControlPlane
from ..credentials import Principal
from ..kubernetes import Writer
from .errors import invalid_parameter, invalid_request, not_found

Data = dict[str, Any]


@dataclass
class Part:
    """What a cluster has that AWS creates, updates and deletes over time."""

    data: Data
    updates: dict[str, Data] = field(default_factory=dict)

    @property
    def status(self) -> str:
        return self.data["status"]


@dataclass
class Nodegroup(Part):
    nodes: list[Data] = field(default_factory=list)


class Addon(Part):
    pass


class Capability(Part):
    pass


@dataclass
class AccessEntry:
    data: Data
    # Kubernetes group of ours through which the entry's access policies take effect.
    group: str
    policies: dict[str, Data] = field(default_factory=dict)


@dataclass
class Cluster:
    data: Data
    creator: Principal
    # The creator is an administrator without an entry when entries are not used (CONFIG_MAP).
    hidden_admin: bool = False
    security_group: str = ""
    interfaces: list[str] = field(default_factory=list)
    # Of the subnets that it was created with.
    zones: frozenset[str] = frozenset()
    nodegroups: dict[str, Nodegroup] = field(default_factory=dict)
    # Those of Auto Mode, which no call shows as a group.
    auto_nodes: Nodegroup = field(default_factory=lambda: Nodegroup({}))
    addons: dict[str, Addon] = field(default_factory=dict)
    # Add-ons that EKS installed without managing them.
    self_managed: set[str] = field(default_factory=set)
    capabilities: dict[str, Capability] = field(default_factory=dict)
    entries: dict[str, AccessEntry] = field(default_factory=dict)
    associations: dict[str, Data] = field(default_factory=dict)
    updates: dict[str, Data] = field(default_factory=dict)
    insights: dict[str, Data] = field(default_factory=dict)
    # Status and reason by the name of an insight, from outside.
    claimed_insights: dict[str, tuple[str, str]] = field(default_factory=dict)
    refresh: Data = field(default_factory=dict)
    # When the upgrade to this version had ended, in AWS seconds; gone after a rollback.
    upgraded_at: float | None = None

    @property
    def name(self) -> str:
        return self.data["name"]

    @property
    def status(self) -> str:
        return self.data["status"]

    @property
    def mode(self) -> str:
        return self.data["accessConfig"]["authenticationMode"]

    def require_active(self) -> None:
        if self.status not in ("ACTIVE", "UPDATING"):
            raise invalid_request(f"Cluster '{self.name}' is not in ACTIVE status", clusterName=self.name)

    def nodegroup(self, name: str) -> Nodegroup:
        if name not in self.nodegroups:
            message = f"No node group found for name: {name}."
            raise not_found(message, clusterName=self.name, nodegroupName=name)
        return self.nodegroups[name]

    def addon(self, name: str) -> Addon:
        if name not in self.addons:
            message = f"No addon: {name} found in cluster: {self.name}"
            raise not_found(message, clusterName=self.name, addonName=name)
        return self.addons[name]

    def capability(self, name: str) -> Capability:
        if name not in self.capabilities:
            raise not_found(f"No capability found for name: {name}.", clusterName=self.name)
        return self.capabilities[name]

    def node_count(self) -> int:
        return sum(len(group.nodes) for group in self.nodegroups.values())


@dataclass
class Region:
    """One AWS region's EKS and what its operations need."""

    name: str
    account: str
    clock: Clock
    timeline: Timeline
    plane: ControlPlane | None
    writer: Writer | None
    authenticator: Authenticator | None = None
    clusters: dict[str, Cluster] = field(default_factory=dict)
    # (operation, token) -> (parameters, how to answer again, what it made)
    tokens: dict[tuple[str, str], tuple[str, Callable[[], Any], Any]] = field(default_factory=dict)

    def cluster(self, name: str) -> Cluster:
        if name not in self.clusters:
            raise not_found(f"No cluster found for name: {name}.", clusterName=name)
        return self.clusters[name]

    def arn(self, *parts: str) -> str:
        return f"arn:aws:eks:{self.name}:{self.account}:{'/'.join(parts)}"

    def once(self, operation: str, params: Data, make: Callable[[], tuple[Any, Callable[[], Any]]]) -> Any:
        """`make` returns what it made and how to describe it; the same token describes it again."""
        token = params.get("clientRequestToken")
        stated = json.dumps(params, sort_keys=True, default=repr)
        if token and (operation, token) in self.tokens:
            known, again, _ = self.tokens[operation, token]
            if known != stated:
                raise invalid_parameter("The clientRequestToken was used before with other parameters.")
            return again()
        made, describe = make()
        if token:
            self.tokens[operation, token] = (stated, describe, made)
        return describe()

    def forget(self, made: Any) -> None:
        """A token is good for as long as what it made."""
        self.tokens = {key: value for key, value in self.tokens.items() if value[2] is not made}


def new_id() -> str:
    return str(uuid.uuid4())
