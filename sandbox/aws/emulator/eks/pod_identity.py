"""Pod Identity associations."""

from __future__ import annotations

import secrets
import string
from typing import Any

from ..credentials import Principal
from . import network, pod_admission
from .errors import in_use, not_found
from .paging import page
from .state import Cluster, Data, Region

ALPHABET = string.ascii_lowercase + string.digits


def create(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    def make() -> tuple[Any, Any]:
        cluster = region.cluster(params["clusterName"])
        cluster.require_active()
        network.check_role(region, params["roleArn"], "pods.eks.amazonaws.com", "roleArn")
        data = add(region, cluster, params)
        return data, lambda: {"association": data}

    return region.once("CreatePodIdentityAssociation", params, make)


def add(region: Region, cluster: Cluster, params: dict[str, Any]) -> Data:
    place = (params["namespace"], params["serviceAccount"])
    for known in cluster.associations.values():
        if (known["namespace"], known["serviceAccount"]) == place:
            raise in_use(f"Association already exists: {known['associationId']}", clusterName=cluster.name)
    identifier = "a-" + "".join(secrets.choice(ALPHABET) for _ in range(17))
    data = {
        "clusterName": cluster.name,
        "namespace": params["namespace"],
        "serviceAccount": params["serviceAccount"],
        "roleArn": params["roleArn"],
        "associationArn": region.arn("podidentityassociation", cluster.name, identifier),
        "associationId": identifier,
        "tags": dict(params.get("tags", {})),
        "createdAt": region.clock.now(),
        "modifiedAt": region.clock.now(),
        "ownerArn": params.get("ownerArn"),
        "disableSessionTags": params.get("disableSessionTags", False),
        "targetRoleArn": params.get("targetRoleArn"),
    }
    cluster.associations[identifier] = data
    if region.writer:
        pod_admission.apply(region.writer, data)
    return data


def _find(region: Region, params: dict[str, Any]) -> Data:
    cluster = region.cluster(params["clusterName"])
    found = cluster.associations.get(params["associationId"])
    if found is None:
        raise not_found(f"No association found for ID: {params['associationId']}", clusterName=cluster.name)
    return found


def association_for(cluster: Cluster, namespace: str, account: str) -> Data | None:
    """The association of a service account, if it has one."""
    wanted = {"namespace": namespace, "serviceAccount": account}.items()
    return next((data for data in cluster.associations.values() if wanted <= data.items()), None)


def describe(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    return {"association": _find(region, params)}


def list_all(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    cluster = region.cluster(params["clusterName"])
    filters = {name: params[name] for name in ("namespace", "serviceAccount") if name in params}
    items = [data for data in cluster.associations.values() if filters.items() <= data.items()]
    return page("associations", items, params)


def update(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    data = _find(region, params)
    if "roleArn" in params:
        network.check_role(region, params["roleArn"], "pods.eks.amazonaws.com", "roleArn")
    for name in ("roleArn", "disableSessionTags", "targetRoleArn"):
        if name in params:
            data[name] = params[name]
    data["modifiedAt"] = region.clock.now()
    return {"association": data}


def delete(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    data = _find(region, params)
    region.cluster(params["clusterName"]).associations.pop(data["associationId"])
    if region.writer:
        pod_admission.remove(region.writer, data)
    region.forget(data)
    return {"association": data}


OPERATIONS = {
    "CreatePodIdentityAssociation": create,
    "DescribePodIdentityAssociation": describe,
    "ListPodIdentityAssociations": list_all,
    "UpdatePodIdentityAssociation": update,
    "DeletePodIdentityAssociation": delete,
}
