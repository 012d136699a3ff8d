"""Lists what is in an account, as every service lists it, without what belongs to AWS.

`python3 aws-inventory.py ENDPOINT REGION…` prints `[{"where", "kind", "id"}]`. It runs on the AWS CLI's own library: one
process for all services, where the CLI would start fifty.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import jmespath
from awscli.botocore.session import Session

# Kind, service, operation, parameters, and what of the answer are ids.
REGIONAL: list[tuple[str, str, str, dict[str, Any], str]] = [
    ("VPC", "ec2", "describe_vpcs", {}, "Vpcs[?!IsDefault].VpcId"),
    ("NAT gateway", "ec2", "describe_nat_gateways", {}, "NatGateways[?State!='deleted'].NatGatewayId"),
    ("address", "ec2", "describe_addresses", {}, "Addresses[].AllocationId"),
    ("VPC endpoint", "ec2", "describe_vpc_endpoints", {}, "VpcEndpoints[?State!='deleted'].VpcEndpointId"),
    ("network interface", "ec2", "describe_network_interfaces", {}, "NetworkInterfaces[].NetworkInterfaceId"),
    (
        "VPC peering",
        "ec2",
        "describe_vpc_peering_connections",
        {},
        "VpcPeeringConnections[?Status.Code!='deleted'].VpcPeeringConnectionId",
    ),
    ("flow log", "ec2", "describe_flow_logs", {}, "FlowLogs[].FlowLogId"),
    ("launch template", "ec2", "describe_launch_templates", {}, "LaunchTemplates[].LaunchTemplateName"),
    ("security group", "ec2", "describe_security_groups", {}, "SecurityGroups[?GroupName!='default'].GroupName"),
    ("volume", "ec2", "describe_volumes", {}, "Volumes[].VolumeId"),
    ("EKS cluster", "eks", "list_clusters", {}, "clusters"),
    ("DB instance", "rds", "describe_db_instances", {}, "DBInstances[].DBInstanceIdentifier"),
    ("DB snapshot", "rds", "describe_db_snapshots", {}, "DBSnapshots[].DBSnapshotIdentifier"),
    ("DB cluster", "rds", "describe_db_clusters", {}, "DBClusters[].DBClusterIdentifier"),
    ("DB cluster snapshot", "rds", "describe_db_cluster_snapshots", {}, "DBClusterSnapshots[].DBClusterSnapshotIdentifier"),
    (
        "DB cluster parameter group",
        "rds",
        "describe_db_cluster_parameter_groups",
        {},
        "DBClusterParameterGroups[?!starts_with(DBClusterParameterGroupName, 'default.')].DBClusterParameterGroupName",
    ),
    ("DB subnet group", "rds", "describe_db_subnet_groups", {}, "DBSubnetGroups[].DBSubnetGroupName"),
    (
        "DB parameter group",
        "rds",
        "describe_db_parameter_groups",
        {},
        "DBParameterGroups[?!starts_with(DBParameterGroupName, 'default.')].DBParameterGroupName",
    ),
    (
        "replication group",
        "elasticache",
        "describe_replication_groups",
        {},
        "ReplicationGroups[].ReplicationGroupId",
    ),
    ("cache user", "elasticache", "describe_users", {}, "Users[?UserId!='default'].UserId"),
    ("cache user group", "elasticache", "describe_user_groups", {}, "UserGroups[].UserGroupId"),
    ("cache subnet group", "elasticache", "describe_cache_subnet_groups", {}, "CacheSubnetGroups[].CacheSubnetGroupName"),
    ("cache snapshot", "elasticache", "describe_snapshots", {}, "Snapshots[].SnapshotName"),
    ("log group", "logs", "describe_log_groups", {}, "logGroups[].logGroupName"),
    ("image repository", "ecr", "describe_repositories", {}, "repositories[].repositoryName"),
    ("certificate", "acm", "list_certificates", {}, "CertificateSummaryList[].CertificateArn"),
    ("secret", "secretsmanager", "list_secrets", {"IncludePlannedDeletion": True}, "SecretList[].Name"),
    # An alias goes with its key.
    ("key alias", "kms", "list_aliases", {}, "Aliases[?!starts_with(AliasName, 'alias/aws/')].TargetKeyId"),
]
GLOBAL: list[tuple[str, str, str, dict[str, Any], str]] = [
    ("role", "iam", "list_roles", {}, "Roles[].RoleName"),
    ("policy", "iam", "list_policies", {"Scope": "Local"}, "Policies[].PolicyName"),
    ("instance profile", "iam", "list_instance_profiles", {}, "InstanceProfiles[].InstanceProfileName"),
    ("hosted zone", "route53", "list_hosted_zones", {}, "HostedZones[].Name"),
    ("bucket", "s3", "list_buckets", {}, "Buckets[].Name"),
]


def listed(session: Session, endpoint: str, region: str, questions: list[Any], where: str) -> list[dict[str, str]]:
    found: list[dict[str, str]] = []
    for kind, service, operation, params, ids in questions:
        client = session.create_client(service, region_name=region, endpoint_url=endpoint)
        pages = (
            client.get_paginator(operation).paginate(**params)
            if client.can_paginate(operation)
            else [getattr(client, operation)(**params)]
        )
        for page in pages:
            found += [{"where": where, "kind": kind, "id": each} for each in jmespath.search(ids, page) or []]
    return found


def keys(session: Session, endpoint: str, region: str) -> list[dict[str, str]]:
    client = session.create_client("kms", region_name=region, endpoint_url=endpoint)
    found = []
    for page in client.get_paginator("list_keys").paginate():
        for key in page["Keys"]:
            metadata = client.describe_key(KeyId=key["KeyId"])["KeyMetadata"]
            if metadata["KeyManager"] == "CUSTOMER":
                found.append({"where": region, "kind": f"key, {metadata['KeyState']}", "id": key["KeyId"]})
    return found


def main(endpoint: str, *regions: str) -> None:
    session = Session()
    found = listed(session, endpoint, regions[0], GLOBAL, "global")
    for region in regions:
        found += [*listed(session, endpoint, region, REGIONAL, region), *keys(session, endpoint, region)]
    print(json.dumps(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
