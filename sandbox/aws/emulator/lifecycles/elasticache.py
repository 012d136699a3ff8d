"""ElastiCache: replication groups and clusters take minutes, and disappear when they are deleted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.elasticache.models import ElastiCacheBackend

from ..errors import AwsError
from .steps import Steps

CREATE_SECONDS = 360
MODIFY_SECONDS = 120
DELETE_SECONDS = 240


def wrap(steps: Steps) -> None:
    def create_group(original: Callable[..., Any], backend: Any, *args: Any, **kwargs: Any) -> Any:
        group = original(backend, *args, **kwargs)
        steps.through(group, "status", "creating", (CREATE_SECONDS, "available"))
        for shard in group.node_groups:
            shard["status"] = "creating"
            steps.after(CREATE_SECONDS, lambda shard=shard: shard.update(status="available"))
        return group

    def modify_group(original: Callable[..., Any], backend: Any, *args: Any, **kwargs: Any) -> Any:
        identifier = kwargs.get("replication_group_id") or args[0]
        _require_available(backend.replication_groups.get(identifier), identifier)
        group = original(backend, *args, **kwargs)
        steps.through(group, "status", "modifying", (MODIFY_SECONDS, "available"))
        return group

    def delete_group(original: Callable[..., Any], backend: Any, *args: Any, **kwargs: Any) -> Any:
        identifier = kwargs.get("replication_group_id") or args[0]
        _require_available(backend.replication_groups.get(identifier), identifier)
        group = original(backend, *args, **kwargs)
        steps.after(DELETE_SECONDS, lambda: backend.replication_groups.pop(identifier, None) and None)
        return group

    def create_cluster(original: Callable[..., Any], backend: Any, *args: Any, **kwargs: Any) -> Any:
        cluster = original(backend, *args, **kwargs)
        steps.through(cluster, "cache_cluster_status", "creating", (CREATE_SECONDS, "available"))
        return cluster

    def delete_cluster(original: Callable[..., Any], backend: Any, cache_cluster_id: str) -> Any:
        cluster = original(backend, cache_cluster_id)
        steps.after(DELETE_SECONDS, lambda: backend.cache_clusters.pop(cache_cluster_id, None) and None)
        return cluster

    steps.wrap(ElastiCacheBackend, "create_replication_group", create_group)
    steps.wrap(ElastiCacheBackend, "modify_replication_group", modify_group)
    steps.wrap(ElastiCacheBackend, "delete_replication_group", delete_group)
    steps.wrap(ElastiCacheBackend, "create_cache_cluster", create_cluster)
    steps.wrap(ElastiCacheBackend, "delete_cache_cluster", delete_cluster)


def _require_available(group: Any, identifier: str) -> None:
    if group is not None and group.status != "available":
        message = f"Replication group {identifier} is not in available state (it is {group.status})."
        raise AwsError("InvalidReplicationGroupState", message)
