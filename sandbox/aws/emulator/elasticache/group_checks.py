"""What ElastiCache requires of a replication group, beside the shapes of its parameters."""

from __future__ import annotations

import re
from typing import Any

from moto.ec2.models import ec2_backends

from ..refusals import invalid_combination, invalid_value, refusal
from ..upstream import not_emulated
from .parameter_groups import VERSIONS, default_group, family
from .parameter_groups import find as find_parameter_group
from .state import ENGINES, ParameterGroup, Region
from .user_groups import require_active

IDENTIFIER = re.compile(r"[a-z](?!.*--)[a-z0-9-]{0,39}(?<!-)", re.IGNORECASE)
TOKEN = re.compile(r"[A-Za-z0-9!&#$^<>-]{16,128}")
MAX_NODES = 6


def identifier(value: str) -> str:
    if not IDENTIFIER.fullmatch(value):
        raise invalid_value("The parameter ReplicationGroupId is not a valid identifier.")
    return value.lower()


def engine(name: str) -> str:
    if name.lower() not in ENGINES:
        raise invalid_value(f"Invalid value for Engine: {name}")
    return name.lower()


def full_version(name: str, asked: str | None) -> str:
    known = VERSIONS[name]
    if asked is None:
        return known[-1]
    # For 6.x, ElastiCache chooses the minor version.
    found = [version for version in known if asked in (version, f"{version}.0", f"{version.split('.')[0]}.x")]
    if not found:
        raise invalid_combination(f"Cannot find version {asked} for {name}")
    return found[-1]


def node_type(value: str | None) -> str:
    if value is None or not re.fullmatch(r"cache\.[a-z0-9]+\.[a-z0-9]+", value):
        raise invalid_value(f"The parameter CacheNodeType is invalid: {value}")
    return value


def nodes(count: int, failover: bool, multi: bool) -> None:
    if not 1 <= count <= MAX_NODES:
        raise invalid_value(f"The number of cache clusters must be between 1 and {MAX_NODES}.")
    if failover and count < 2:
        message = "When using automatic failover, there must be at least 2 cache clusters in the replication group."
        raise invalid_value(message)
    if multi and not failover:
        raise invalid_combination("Must have automatic failover enabled to enable Multi-AZ.")


def parameter_group(region: Region, name: str | None, of: str, version: str) -> ParameterGroup:
    wanted = family(of, version)
    group = find_parameter_group(region, name) if name else default_group(region, wanted)
    own = group.data["CacheParameterGroupFamily"]
    if own != wanted:
        raise invalid_combination(f"Expected a parameter group of family {wanted} but found one of family {own}")
    return group


def security_groups(region: Region, identifiers: list[str], vpc: str | None) -> list[str]:
    backend = ec2_backends[region.account][region.name]
    known = {group.id: group for groups in backend.groups.values() for group in groups.values()}
    for each in identifiers:
        if each not in known:
            raise invalid_value(f"Some security groups are invalid, failed with groupId={each}")
        if vpc and known[each].vpc_id != vpc:
            message = f"The security group {each} is not in the VPC of the cache subnet group."
            raise refusal("elasticache", "InvalidVPCNetworkStateFault", message)
    default = [group.id for group in known.values() if group.vpc_id == vpc and group.name == "default"]
    return identifiers or default[:1]


def user_groups(region: Region, identifiers: list[str], of: str) -> list[str]:
    if len(identifiers) > 1:
        raise invalid_value("A replication group can have one user group.")
    for each in identifiers:
        group = region.user_group(each)
        require_active(group)
        # A Valkey takes both.
        if of == "redis" and group.data["Engine"] != "redis":
            raise invalid_value(
                f"User group {each} has the engine {group.data['Engine']}, the replication group redis."
            )
    return [each.lower() for each in identifiers]


def access(encrypted: bool, user_group_ids: list[str], token: str | None) -> None:
    if user_group_ids and not encrypted:
        raise invalid_combination("User group based access control requires encryption-in-transit to be enabled.")
    if token is None:
        return
    if not encrypted:
        raise invalid_combination(
            "The AUTH token modification is only supported when encryption-in-transit is enabled."
        )
    if user_group_ids:
        raise invalid_combination("An AUTH token cannot be combined with user groups.")
    if not TOKEN.fullmatch(token):
        raise invalid_value("Invalid AuthToken provided.")


def only(params: dict[str, Any], known: set[str], operation: str) -> None:
    unknown = sorted(set(params) - known)
    if unknown:
        raise not_emulated(f"elasticache:{operation} with {unknown[0]}")
