"""ElastiCache's clusters of their own take minutes, and disappear when they are deleted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.elasticache.models import ElastiCacheBackend

from .steps import Steps

CREATE_SECONDS = 360
DELETE_SECONDS = 240


def wrap(steps: Steps) -> None:
    def create_cluster(original: Callable[..., Any], backend: Any, *args: Any, **kwargs: Any) -> Any:
        cluster = original(backend, *args, **kwargs)
        steps.through(cluster, "cache_cluster_status", "creating", (CREATE_SECONDS, "available"))
        return cluster

    def delete_cluster(original: Callable[..., Any], backend: Any, cache_cluster_id: str) -> Any:
        cluster = original(backend, cache_cluster_id)
        steps.after(DELETE_SECONDS, lambda: backend.cache_clusters.pop(cache_cluster_id, None) and None)
        return cluster

    steps.wrap(ElastiCacheBackend, "create_cache_cluster", create_cluster)
    steps.wrap(ElastiCacheBackend, "delete_cache_cluster", delete_cluster)
