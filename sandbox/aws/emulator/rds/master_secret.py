"""The secret of a master password that RDS manages, which is deleted with the instance."""

from __future__ import annotations

import json
import secrets
import uuid
from typing import Any

from moto.secretsmanager.models import secretsmanager_backends

from .state import Instance


def create(instance: Instance, params: dict[str, Any]) -> str | None:
    """Returns the password that RDS made; None if the request brings its own."""
    if not params.get("ManageMasterUserPassword"):
        return None
    password = secrets.token_urlsafe(21)
    region = instance.region
    secret = secretsmanager_backends[region.account][region.name].create_managed_secret(
        service_name="rds",
        secret_id=f"rds!db-{uuid.uuid4()}",
        secret_string=json.dumps({"username": instance.data["MasterUsername"], "password": password}),
        description=f"The secret associated with the primary RDS DB instance: {instance.data['DBInstanceArn']}",
        kms_key_id=params.get("MasterUserSecretKmsKeyId"),
        tags=[{"Key": "aws:rds:primaryDBInstanceArn", "Value": instance.data["DBInstanceArn"]}],
    )
    instance.data["MasterUserSecret"] = {"SecretArn": secret.arn, "SecretStatus": "active"}
    return password


def delete(instance: Instance) -> None:
    secret = instance.data.pop("MasterUserSecret", None)
    if secret:
        backend = secretsmanager_backends[instance.region.account][instance.region.name]
        backend.delete_secret(secret["SecretArn"], recovery_window_in_days=None, force_delete_without_recovery=True)
