"""The key that encrypts the objects of a cluster."""

from __future__ import annotations

from typing import Any

from moto.kms.models import kms_backends

from ..credentials import Principal
from . import updates
from .errors import in_use, invalid_parameter, invalid_request
from .state import Region

SECONDS = 10 * 60


def check(region: Region, configs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    for config in configs:
        if config.get("resources") != ["secrets"]:
            raise invalid_parameter("The only supported value of resources is secrets")
        arn = config.get("provider", {}).get("keyArn", "")
        key = kms_backends[region.account][region.name].keys.get(arn.split("/")[-1])
        if key is None:
            raise invalid_parameter(f"The keyArn in encryptionConfig provider {arn} is invalid")
        if key.key_state != "Enabled":
            raise invalid_parameter(f"The key {arn} is {key.key_state}, and not Enabled")
    return configs


def associate(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    def make() -> tuple[Any, Any]:
        cluster = region.cluster(params["clusterName"])
        if cluster.status == "UPDATING":
            raise in_use(f"Cluster '{cluster.name}' has an update in progress", clusterName=cluster.name)
        cluster.require_active()
        if cluster.data["encryptionConfig"]:
            message = f"Encryption is already enabled for cluster: {cluster.name}"
            raise invalid_request(message, clusterName=cluster.name)
        configs = check(region, params["encryptionConfig"])
        described = {"EncryptionConfig": configs}
        finish = lambda: cluster.data.update(encryptionConfig=configs)  # noqa: E731
        update = updates.begin(region, cluster, "AssociateEncryptionConfig", described, SECONDS, finish)
        return update, lambda: {"update": update}

    return region.once("AssociateEncryptionConfig", params, make)


OPERATIONS = {"AssociateEncryptionConfig": associate}
