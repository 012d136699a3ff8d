"""What RDS requires of the parameters of an instance, beside their shapes."""

from __future__ import annotations

import re
from typing import Any

from moto.ec2.models import ec2_backends
from moto.kms.models import kms_backends
from moto.utilities.utils import get_partition

from ..refusals import invalid_combination, invalid_value, refusal
from .state import Group, Region
from .versions import family

IDENTIFIER = re.compile(r"[a-z](?!.*--)[a-z0-9-]{0,62}(?<!-)", re.IGNORECASE)
USERNAME = re.compile(r"[a-z][a-z0-9_]{0,62}", re.IGNORECASE)
DATABASE = re.compile(r"[a-z_][a-z0-9_]{0,62}", re.IGNORECASE)
CLASS = re.compile(r"db\.[a-z0-9]+\.[a-z0-9]+")
RESERVED_USERS = {"admin", "rdsadmin", "postgres_admin"}
PASSWORD = re.compile(r"[!-~]{8,128}")
MIN_STORAGE, MAX_STORAGE = 20, 65536
MAX_BACKUP_DAYS = 35
MIN_PORT = 1150
SUPPORT = {"open-source-rds-extended-support", "open-source-rds-extended-support-disabled"}


def identifier(value: str, member: str = "DBInstanceIdentifier") -> str:
    if not IDENTIFIER.fullmatch(value):
        raise invalid_value(
            f"The parameter {member} is not a valid identifier. Identifiers must begin with a letter; must contain "
            "only letters, digits, and hyphens; and must not end with a hyphen or contain two consecutive hyphens."
        )
    return value.lower()


def password(value: str) -> None:
    if not PASSWORD.fullmatch(value) or set(value) & set('/@"'):
        raise invalid_value(
            "The parameter MasterUserPassword is not a valid password. Only 8 to 128 printable ASCII characters "
            "besides '/', '@', '\"', ' ' may be used."
        )


def username(value: str) -> None:
    if not USERNAME.fullmatch(value):
        raise invalid_value("The parameter MasterUsername is not a valid identifier.")
    if value.lower() in RESERVED_USERS or value.lower().startswith("pg_"):
        message = f"MasterUsername {value} cannot be used as it is a reserved word used by the engine"
        raise invalid_value(message)


def values(params: dict[str, Any]) -> None:
    """What is checked alike when an instance is created and when it is changed."""
    kind = params.get("DBInstanceClass")
    if kind is not None and not CLASS.fullmatch(kind):
        raise invalid_value(f"Invalid DB Instance class: {kind}")
    days = params.get("BackupRetentionPeriod", 0)
    if not 0 <= days <= MAX_BACKUP_DAYS:
        raise invalid_value(f"Invalid backup retention period: {days}. Must be between 0 and {MAX_BACKUP_DAYS}.")
    storage = params.get("AllocatedStorage", MIN_STORAGE)
    if not MIN_STORAGE <= storage <= MAX_STORAGE:
        raise invalid_value(f"Invalid storage size for engine name postgres: {storage}")
    if params.get("MaxAllocatedStorage", storage) < storage:
        raise invalid_combination("Max storage size must be greater than the allocated storage size")
    if not MIN_PORT <= params.get("Port", MIN_PORT) <= 65535:
        raise invalid_value(f"Invalid port: {params['Port']}. Must be between {MIN_PORT} and 65535.")
    if params.get("MonitoringInterval", 0) not in (0, 1, 5, 10, 15, 30, 60):
        raise invalid_value("MonitoringInterval must be one of 0, 1, 5, 10, 15, 30, 60")
    if params.get("MonitoringInterval") and not params.get("MonitoringRoleArn"):
        message = "A MonitoringRoleARN value is required if you specify a MonitoringInterval value other than 0."
        raise invalid_combination(message)
    if params.get("EngineLifecycleSupport", next(iter(SUPPORT))) not in SUPPORT:
        raise invalid_value(f"EngineLifecycleSupport must be one of {', '.join(sorted(SUPPORT))}")
    if params.get("MultiAZ") and params.get("AvailabilityZone"):
        message = "Requesting a specific availability zone is not valid for Multi-AZ instances."
        raise invalid_combination(message)


def fits(group: Group, version: str) -> Group:
    wanted, own = family(version), group.data["DBParameterGroupFamily"]
    if own != wanted:
        raise invalid_combination(
            f"The parameter group {group.name} with DBParameterGroupFamily {own} can't be used for this instance. Use "
            f"a parameter group with DBParameterGroupFamily {wanted}."
        )
    return group


def key_arn(region: Region, key: str | None) -> str:
    """The ARN of a key of the region; without a name, that of RDS's own."""
    backend = kms_backends[region.account][region.name]
    if key is None:
        return f"arn:{get_partition(region.name)}:kms:{region.name}:{region.account}:key/aws-rds-default"
    parts = key.split(":")
    if len(parts) > 3 and parts[3] != region.name:
        raise _no_key(key)
    try:
        found = backend.describe_key(backend.any_id_to_key_id(key) if "/" in key else key)
    except Exception as error:
        raise _no_key(key) from error
    if found.key_state != "Enabled":
        raise _no_key(key)
    return str(found.arn)


def _no_key(key: str) -> Exception:
    message = f"KMS key {key} does not exist in this region, is not enabled, or you do not have permissions to use it."
    return refusal("rds", "KMSKeyNotAccessibleFault", message)


def security_groups(region: Region, identifiers: list[str], vpc: str | None) -> list[str]:
    """Those of the VPC; its default group if none is given."""
    backend = ec2_backends[region.account][region.name]
    known = {group.id: group for groups in backend.groups.values() for group in groups.values()}
    for each in identifiers:
        if each not in known:
            raise invalid_value(f"Invalid security group , groupId= {each}, groupName=")
        if vpc and known[each].vpc_id != vpc:
            message = "The DB instance and EC2 security group are in different VPCs."
            raise refusal("rds", "InvalidVPCNetworkStateFault", message)
    default = [group.id for group in known.values() if group.vpc_id == vpc and group.name == "default"]
    return identifiers or default[:1]
