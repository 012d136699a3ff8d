"""Automated backups of instances: active while an instance exists, retained if its deletion leaves them."""

from __future__ import annotations

from typing import Any

from .. import marker
from ..credentials import Principal
from .state import Data, Instance, Region

COPIED = ("DbiResourceId", "Engine", "EngineVersion", "AllocatedStorage", "MasterUsername", "BackupRetentionPeriod")


def of(region: Region, instance: Instance, status: str) -> Data:
    return {
        "DBInstanceArn": region.arn("db", instance.name),
        "DBInstanceIdentifier": instance.name,
        "Region": region.name,
        "Status": status,
        "Encrypted": instance.data["StorageEncrypted"],
        **{member: instance.data[member] for member in (*COPIED, "KmsKeyId") if member in instance.data},
    }


def describe_db_instance_automated_backups(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    backed_up = [instance for instance in region.instances.values() if instance.data["BackupRetentionPeriod"]]
    name = params.get("DBInstanceIdentifier", "").lower()
    found = [*(of(region, instance, "active") for instance in backed_up), *region.retained_backups]
    shown = [each for each in found if not name or each["DBInstanceIdentifier"] == name]
    return marker.page("DBInstanceAutomatedBackups", shown, params)


OPERATIONS = {"DescribeDBInstanceAutomatedBackups": describe_db_instance_automated_backups}
