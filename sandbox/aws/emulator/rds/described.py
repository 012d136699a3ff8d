"""An instance as DescribeDBInstances shows it."""

from __future__ import annotations

from typing import Any

from .. import tag_list
from .state import Instance
from .subnet_groups import described as described_subnet_group


def described(instance: Instance) -> dict[str, Any]:
    data = {
        **instance.data,
        "DBParameterGroups": [
            {"DBParameterGroupName": instance.group.name, "ParameterApplyStatus": instance.group_status}
        ],
        "PendingModifiedValues": dict(instance.pending),
        "ReadReplicaDBInstanceIdentifiers": [_seen_from(instance, replica) for replica in instance.replicas],
        "TagList": tag_list.shown(instance.tags),
    }
    if instance.subnet_group:
        data["DBSubnetGroup"] = described_subnet_group(instance.region, instance.subnet_group)
    if instance.source:
        data["ReadReplicaSourceDBInstanceIdentifier"] = _seen_from(instance, instance.source)
        data["StatusInfos"] = [{"StatusType": "read replication", "Normal": True, "Status": "replicating"}]
    # AWS has no address to give before there is a server behind it.
    if instance.status == "creating":
        data.pop("Endpoint", None)
    else:
        data["LatestRestorableTime"] = instance.region.clock.now()
    if not instance.data["BackupRetentionPeriod"]:
        data.pop("LatestRestorableTime", None)
    return data


def _seen_from(instance: Instance, other: Instance) -> str:
    """An instance in another region is named by its ARN."""
    return other.name if other.region is instance.region else str(other.data["DBInstanceArn"])
