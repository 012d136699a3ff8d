"""Neptune: instances and clusters take minutes, and refuse changes meanwhile. It is API only: no data is behind it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.rds.models import DBCluster, DBInstance, RDSBackend

from ..errors import AwsError
from .steps import Steps

CREATE_SECONDS = 300
BACKUP_SECONDS = 60
MODIFY_SECONDS = 90
REBOOT_SECONDS = 60
DELETE_SECONDS = 240


def wrap(steps: Steps) -> None:
    _wrap_instances(steps)
    _wrap_clusters(steps)


def _wrap_instances(steps: Steps) -> None:
    def create(original: Callable[..., Any], backend: Any, *args: Any, **kwargs: Any) -> Any:
        instance = original(backend, *args, **kwargs)
        if int(instance.backup_retention_period or 0) > 0:
            later = [(CREATE_SECONDS, "backing-up"), (BACKUP_SECONDS, "available")]
        else:
            later = [(CREATE_SECONDS + BACKUP_SECONDS, "available")]
        steps.through(instance, "status", "creating", *later)
        return instance

    def modify(original: Callable[..., Any], backend: Any, *args: Any, **kwargs: Any) -> Any:
        identifier = _identifier(args, kwargs)
        _require_available(backend.databases.get(identifier), identifier)
        instance = original(backend, *args, **kwargs)
        steps.through(instance, "status", "modifying", (MODIFY_SECONDS, "available"))
        return instance

    def reboot(original: Callable[..., Any], backend: Any, *args: Any, **kwargs: Any) -> Any:
        identifier = _identifier(args, kwargs)
        _require_available(backend.databases.get(identifier), identifier)
        instance = original(backend, *args, **kwargs)
        steps.through(instance, "status", "rebooting", (REBOOT_SECONDS, "available"))
        return instance

    def delete(original: Callable[..., Any], backend: Any, *args: Any, **kwargs: Any) -> Any:
        identifier = _identifier(args, kwargs)
        known = backend.databases.get(identifier)
        if known is not None and known.status == "deleting":
            raise _wrong_state(identifier, "deleting")
        instance = original(backend, *args, **kwargs)
        # moto forgets it at once; AWS shows it until it is gone.
        backend.databases[identifier] = instance
        instance.status = "deleting"
        steps.after(DELETE_SECONDS, lambda: backend.databases.pop(identifier, None) and None)
        return instance

    steps.wrap(RDSBackend, "create_db_instance", create)
    steps.wrap(RDSBackend, "modify_db_instance", modify)
    steps.wrap(RDSBackend, "reboot_db_instance", reboot)
    steps.wrap(RDSBackend, "delete_db_instance", delete)
    known_endpoint = DBInstance.endpoint.fget  # type: ignore[attr-defined]
    # AWS has no address to give before there is a server behind it.
    DBInstance.endpoint = property(  # type: ignore[method-assign,assignment]
        lambda self: None if self.status == "creating" else known_endpoint(self)
    )


def _wrap_clusters(steps: Steps) -> None:
    # moto's cluster calls itself available the first time it is looked at.
    DBCluster.status = property(  # type: ignore[method-assign,assignment]
        lambda self: self._status, lambda self, value: setattr(self, "_status", value)
    )

    def create(original: Callable[..., Any], backend: Any, *args: Any, **kwargs: Any) -> Any:
        cluster = original(backend, *args, **kwargs)
        live = backend.clusters.get(cluster.db_cluster_identifier, cluster)
        steps.through(live, "status", "creating", (CREATE_SECONDS, "available"))
        return cluster

    def delete(original: Callable[..., Any], backend: Any, *args: Any, **kwargs: Any) -> Any:
        cluster = original(backend, *args, **kwargs)
        identifier = cluster.db_cluster_identifier
        backend.clusters[identifier] = cluster
        cluster.status = "deleting"
        steps.after(DELETE_SECONDS, lambda: backend.clusters.pop(identifier, None) and None)
        return cluster

    steps.wrap(RDSBackend, "create_db_cluster", create)
    steps.wrap(RDSBackend, "delete_db_cluster", delete)


def _identifier(args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
    return str(kwargs["db_instance_identifier"] if "db_instance_identifier" in kwargs else args[0])


def _require_available(instance: Any, identifier: str) -> None:
    if instance is not None and instance.status not in ("available", "storage-optimization"):
        raise _wrong_state(identifier, instance.status)


def _wrong_state(identifier: str, status: str) -> AwsError:
    return AwsError(
        "InvalidDBInstanceState", f"Database instance {identifier} is not in available state (it is {status})."
    )
