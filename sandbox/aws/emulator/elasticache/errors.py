"""The errors of ElastiCache's model that this package raises."""

from __future__ import annotations

from ..errors import AwsError
from ..refusals import refusal


def _fault(shape: str, message: str) -> AwsError:
    return refusal("elasticache", shape, message)


def user_not_found(name: str) -> AwsError:
    return _fault("UserNotFoundFault", f"User {name} not found.")


def user_exists(name: str) -> AwsError:
    return _fault("UserAlreadyExistsFault", f"User {name} already exists.")


def user_state(message: str) -> AwsError:
    return _fault("InvalidUserStateFault", message)


def duplicate_user_name(name: str) -> AwsError:
    return _fault("DuplicateUserNameFault", f"User group has more than one user with the user name {name}.")


def default_user_required() -> AwsError:
    return _fault("DefaultUserRequired", "User group needs to contain a user with the user name default.")


def default_user_in_use(group: str) -> AwsError:
    return _fault("DefaultUserAssociatedToUserGroupFault", f"The user default is the one of user group {group}.")


def user_group_not_found(name: str) -> AwsError:
    return _fault("UserGroupNotFoundFault", f"User group {name} not found.")


def user_group_exists(name: str) -> AwsError:
    return _fault("UserGroupAlreadyExistsFault", f"User group {name} already exists.")


def user_group_state(message: str) -> AwsError:
    return _fault("InvalidUserGroupStateFault", message)


def group_not_found(name: str) -> AwsError:
    return _fault("ReplicationGroupNotFoundFault", f"ReplicationGroup {name} not found.")


def group_exists(name: str) -> AwsError:
    return _fault("ReplicationGroupAlreadyExistsFault", f"Replication group {name} already exists.")


def group_state(name: str, status: str) -> AwsError:
    message = f"Replication group {name} is not in available state (it is {status})."
    return _fault("InvalidReplicationGroupStateFault", message)


def parameter_group_not_found(name: str) -> AwsError:
    return _fault("CacheParameterGroupNotFoundFault", f"CacheParameterGroup not found: {name}")


def parameter_group_exists(name: str) -> AwsError:
    return _fault("CacheParameterGroupAlreadyExistsFault", f"Cache Parameter Group {name} already exists")


def parameter_group_state(message: str) -> AwsError:
    return _fault("InvalidCacheParameterGroupStateFault", message)


def subnet_group_not_found(name: str) -> AwsError:
    return _fault("CacheSubnetGroupNotFoundFault", f"Cache Subnet Group {name} does not exist.")


def subnet_group_exists(name: str) -> AwsError:
    return _fault("CacheSubnetGroupAlreadyExistsFault", f"Cache Subnet Group {name} already exists.")


def subnet_group_in_use(name: str) -> AwsError:
    return _fault("CacheSubnetGroupInUse", f"Cache Subnet Group {name} is currently in use by a replication group.")


def invalid_subnet(message: str) -> AwsError:
    return _fault("InvalidSubnet", message)


def snapshot_exists(name: str) -> AwsError:
    return _fault("SnapshotAlreadyExistsFault", f"Snapshot {name} already exists.")


def snapshot_not_found(name: str) -> AwsError:
    return _fault("SnapshotNotFoundFault", f"Snapshot {name} not found.")


def snapshot_state(message: str) -> AwsError:
    return _fault("InvalidSnapshotStateFault", message)
