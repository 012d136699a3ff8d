"""Which of RDS's calls are about Neptune, and the function that answers each."""

from __future__ import annotations

from typing import Any

from ..credentials import Principal
from ..rds.state import Region
from ..regional import operations_of
from . import changes, clusters, instances, parameter_groups, snapshots

OPERATIONS = operations_of(changes, clusters, instances, parameter_groups, snapshots)
# These list Neptune's beside those of other engines.
LISTS = {"DescribeDBClusters", "DescribeDBClusterParameterGroups", "DescribeDBClusterSnapshots"}


def concerns(region: Region, operation: str, params: dict[str, Any]) -> bool:
    if operation not in OPERATIONS:
        return False
    neptune = region.neptune
    if "Engine" in params:
        return bool(params["Engine"] == "neptune")
    if "DBParameterGroupFamily" in params:
        return str(params["DBParameterGroupFamily"]).startswith("neptune")
    named = [
        (params.get("DBInstanceIdentifier"), neptune.nodes, None),
        (params.get("DBClusterIdentifier"), neptune.clusters, region.moto.clusters),
        (params.get("DBClusterParameterGroupName"), neptune.groups, region.moto.db_cluster_parameter_groups),
        (params.get("DBClusterSnapshotIdentifier"), neptune.snapshots, region.moto.cluster_snapshots),
    ]
    for name, own, others in named:
        if name:
            key = name.lower().rpartition(":")[2]
            # What moto does not know either is refused here.
            return key in own if others is None else key in own or key not in others
    return operation in LISTS


def answer(region: Region, operation: str, params: dict[str, Any], principal: Principal) -> dict[str, Any]:
    result: dict[str, Any] = OPERATIONS[operation](region, params, principal)
    return result
