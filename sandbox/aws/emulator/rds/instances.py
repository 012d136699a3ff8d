"""Creating an instance, and what there is."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

from moto.ec2.models import ec2_backends

from .. import marker, tag_list
from ..credentials import Principal
from ..neptune.instances import found as found_in_neptune
from ..refusals import invalid_combination, invalid_value, missing
from ..servers.scram import verifier
from . import checks, master_secret, parameters, transitions
from .described import described
from .errors import instance_exists
from .parameter_groups import default_group
from .state import Data, Instance, Region
from .subnet_groups import find as find_subnet_group
from .versions import family, full_version

CREATE_SECONDS = 300
PORT = 5432


def create_db_instance(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    name = checks.identifier(params["DBInstanceIdentifier"])
    if name in region.instances or name in region.neptune.nodes:
        raise instance_exists()
    _check(params)
    version = full_version(params.get("EngineVersion"))
    given = params.get("DBParameterGroupName")
    group = checks.fits(region.group(given), version) if given else default_group(region, family(version))
    encrypted = params.get("StorageEncrypted", False)
    key = checks.key_arn(region, params.get("KmsKeyId")) if encrypted else None
    data = {
        **common(region, name, params),
        "EngineVersion": version,
        "DBInstanceClass": params["DBInstanceClass"],
        "AllocatedStorage": params["AllocatedStorage"],
        "MasterUsername": params["MasterUsername"],
        "BackupRetentionPeriod": params.get("BackupRetentionPeriod", 1),
        "StorageType": params.get("StorageType", "gp3" if "AllocatedStorage" in params else "gp2"),
        "StorageEncrypted": encrypted,
        "EngineLifecycleSupport": params.get("EngineLifecycleSupport", "open-source-rds-extended-support"),
        **({"KmsKeyId": key} if key else {}),
        **({"DBName": params["DBName"]} if params.get("DBName") else {}),
    }
    instance = add(region, Instance(data, region, group, tag_list.read(params.get("Tags"))), params)
    password = master_secret.create(instance, params) or params["MasterUserPassword"]
    if instance.server:
        server, kept = instance.server.server, verifier(password)
        settings = parameters.load(instance)
        instance.server.jobs.add(lambda: server.create(data["MasterUsername"], kept, data.get("DBName"), settings))
    transitions.after(instance, "creating", CREATE_SECONDS, lambda: transitions.created(instance))
    return {"DBInstance": described(instance)}


def _check(params: dict[str, Any]) -> None:
    for member in ("MasterUsername", "AllocatedStorage"):
        if params.get(member) is None:
            raise missing(member)
    checks.username(params["MasterUsername"])
    managed = params.get("ManageMasterUserPassword", False)
    if managed and params.get("MasterUserPassword") is not None:
        raise invalid_combination("You can't specify MasterUserPassword when ManageMasterUserPassword is on.")
    if not managed and params.get("MasterUserPassword") is None:
        raise missing("MasterUserPassword")
    if not managed:
        checks.password(params["MasterUserPassword"])
    if params.get("KmsKeyId") and not params.get("StorageEncrypted"):
        raise invalid_combination("KmsKeyId can only be specified together with StorageEncrypted.")
    database = params.get("DBName")
    if database and not checks.DATABASE.fullmatch(database):
        raise invalid_value("The parameter DBName must begin with a letter and contain only alphanumeric characters.")
    checks.values(params)


def common(region: Region, name: str, params: dict[str, Any]) -> Data:
    """What a new instance has of the request, and what is the same for all."""
    multi = params.get("MultiAZ", False)
    return {
        "DBInstanceIdentifier": name,
        "DBInstanceArn": region.arn("db", name),
        "DbiResourceId": f"db-{secrets.token_hex(13).upper()}",
        "Engine": "postgres",
        "LicenseModel": "postgresql-license",
        "InstanceCreateTime": region.clock.now(),
        "PreferredBackupWindow": params.get("PreferredBackupWindow", "03:00-03:30"),
        "PreferredMaintenanceWindow": params.get("PreferredMaintenanceWindow", "sun:04:00-sun:04:30").lower(),
        "MultiAZ": multi,
        "AutoMinorVersionUpgrade": params.get("AutoMinorVersionUpgrade", True),
        "PubliclyAccessible": params.get("PubliclyAccessible", False),
        "CopyTagsToSnapshot": params.get("CopyTagsToSnapshot", False),
        "DeletionProtection": params.get("DeletionProtection", False),
        "MonitoringInterval": params.get("MonitoringInterval", 0),
        "IAMDatabaseAuthenticationEnabled": params.get("EnableIAMDatabaseAuthentication", False),
        "PerformanceInsightsEnabled": params.get("EnablePerformanceInsights", False),
        "EnabledCloudwatchLogsExports": params.get("EnableCloudwatchLogsExports", []),
        "DbInstancePort": 0,
        "DBSecurityGroups": [],
        "DomainMemberships": [],
        "AssociatedRoles": [],
        "OptionGroupMemberships": [],
        "CustomerOwnedIpEnabled": False,
        "NetworkType": "IPV4",
        "BackupTarget": "region",
        "DedicatedLogVolume": False,
        "CACertificateIdentifier": params.get("CACertificateIdentifier", "rds-ca-rsa2048-g1"),
        "CertificateDetails": {
            "CAIdentifier": params.get("CACertificateIdentifier", "rds-ca-rsa2048-g1"),
            "ValidTill": region.clock.now() + timedelta(days=365),
        },
        **{
            member: params[member]
            for member in ("MaxAllocatedStorage", "MonitoringRoleArn", "Iops", "StorageThroughput")
            if member in params
        },
    }


def add(region: Region, instance: Instance, params: dict[str, Any]) -> Instance:
    """Gives it its place in the network and an address; from now on it exists."""
    given = params.get("DBSubnetGroupName")
    subnets = find_subnet_group(region, given)._subnets if given else []
    vpc = subnets[0].vpc_id if subnets else None
    groups = checks.security_groups(region, params.get("VpcSecurityGroupIds", []), vpc)
    zones = [subnet.availability_zone for subnet in subnets] or [f"{region.name}a", f"{region.name}b"]
    zone = params.get("AvailabilityZone", zones[0])
    port = params.get("Port", PORT)
    instance.server = region.servers.postgres(port)
    if subnets:
        instance.subnet_group = given.lower()
        # It keeps its subnet and its security groups from deletion.
        backend = ec2_backends[region.account][region.name]
        at = next((subnet for subnet in subnets if subnet.availability_zone == zone), subnets[0])
        instance.interface = backend.create_network_interface(
            at, [], group_ids=groups, description="RDSNetworkInterface"
        ).id
    host = f"{instance.name}.{secrets.token_hex(6)}.{region.name}.rds.amazonaws.com"
    instance.data.update(
        AvailabilityZone=zone,
        VpcSecurityGroups=[{"VpcSecurityGroupId": each, "Status": "active"} for each in groups],
        Endpoint={
            "Address": instance.server.address if instance.server else host,
            "Port": instance.server.port if instance.server else port,
            "HostedZoneId": "Z29XKXDKYMONMX",
        },
    )
    if instance.data["MultiAZ"]:
        instance.data["SecondaryAvailabilityZone"] = next((each for each in zones if each != zone), f"{region.name}b")
    region.instances[instance.name] = instance
    return instance


def describe_db_instances(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    name, filters = (params.get("DBInstanceIdentifier") or "").rpartition(":")[2].lower(), params.get("Filters", [])
    of_neptune = [each for each in found_in_neptune(region, filters) if name in ("", each["DBInstanceIdentifier"])]
    if name and not of_neptune:
        region.instance(name)
    found = [instance for instance in region.instances.values() if name in ("", instance.name)]
    for each in filters:
        found = [instance for instance in found if _matches(instance, each["Name"], each["Values"])]
    others = [] if name or filters else list(region.moto.databases.values())
    return marker.page("DBInstances", [*map(described, found), *of_neptune, *others], params)


def _matches(instance: Instance, name: str, values: list[str]) -> bool:
    if name == "db-instance-id":
        return instance.name in values or instance.data["DBInstanceArn"] in values
    if name == "dbi-resource-id":
        return instance.data["DbiResourceId"] in values
    if name in ("engine", "db-cluster-id"):
        return name == "engine" and "postgres" in values
    raise invalid_value(f"Unrecognized filter name: {name}")


OPERATIONS = {"CreateDBInstance": create_db_instance, "DescribeDBInstances": describe_db_instances}
