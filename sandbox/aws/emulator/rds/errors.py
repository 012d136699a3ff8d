"""The errors of RDS's model that this package raises."""

from __future__ import annotations

from ..errors import AwsError
from ..refusals import refusal


def instance_not_found(identifier: str) -> AwsError:
    return refusal("rds", "DBInstanceNotFoundFault", f"DBInstance {identifier} not found.")


def instance_exists() -> AwsError:
    return refusal("rds", "DBInstanceAlreadyExistsFault", "DB instance already exists")


def wrong_state(message: str) -> AwsError:
    return refusal("rds", "InvalidDBInstanceStateFault", message)


def group_not_found(name: str) -> AwsError:
    return refusal("rds", "DBParameterGroupNotFoundFault", f"DBParameterGroup not found: {name}")


def group_exists(name: str) -> AwsError:
    return refusal("rds", "DBParameterGroupAlreadyExistsFault", f"Parameter group {name} already exists")


def group_in_use(message: str) -> AwsError:
    return refusal("rds", "InvalidDBParameterGroupStateFault", message)


def subnet_group_not_found(name: str) -> AwsError:
    return refusal("rds", "DBSubnetGroupNotFoundFault", f"DB subnet group '{name}' does not exist.")


def snapshot_not_found(name: str) -> AwsError:
    return refusal("rds", "DBSnapshotNotFoundFault", f"DBSnapshot {name} not found.")


def snapshot_exists(name: str) -> AwsError:
    message = f"Cannot create the snapshot because a snapshot with the identifier {name} already exists."
    return refusal("rds", "DBSnapshotAlreadyExistsFault", message)
