"""Which add-ons there are, in which versions, and what can be configured."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from ..credentials import Principal
from . import versions
from .errors import invalid_parameter, not_found
from .paging import page
from .state import Region

COMMON_OPTIONS = ("affinity", "nodeSelector", "podAnnotations", "podLabels", "resources", "tolerations")


@dataclass(frozen=True)
class Kind:
    type: str
    # Newest first; the newest is the default.
    versions: tuple[str, ...]
    options: tuple[str, ...]
    service_account: str = ""
    policies: tuple[str, ...] = ()


CATALOG = {
    "vpc-cni": Kind(
        "networking",
        ("v1.21.1-eksbuild.3", "v1.20.4-eksbuild.2", "v1.19.6-eksbuild.7"),
        ("env", "enableNetworkPolicy", "enableWindowsIpam", "eniConfig", "init", "nodeAgent"),
        "aws-node",
        ("arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy",),
    ),
    "coredns": Kind(
        "networking",
        ("v1.13.1-eksbuild.2", "v1.12.4-eksbuild.1"),
        ("replicaCount", "autoScaling", "corefile", "topologySpreadConstraints"),
    ),
    "kube-proxy": Kind(
        "networking",
        # It may be older than the API server, so that a cluster can be upgraded and rolled back.
        ("{version}.1-eksbuild.1", "{version}.0-eksbuild.2", "{before}.1-eksbuild.1"),
        ("ipvs", "mode"),
    ),
    "eks-pod-identity-agent": Kind(
        "security", ("v1.3.10-eksbuild.1", "v1.3.9-eksbuild.1"), ("agent", "priorityClassName")
    ),
    "eks-node-monitoring-agent": Kind(
        "observability", ("v1.7.0-eksbuild.1", "v1.6.7-eksbuild.1"), ("dcgmAgent", "monitoringAgent", "nodeAgent")
    ),
    "aws-ebs-csi-driver": Kind(
        "storage",
        ("v1.51.0-eksbuild.1", "v1.50.1-eksbuild.1"),
        ("controller", "node", "defaultStorageClass", "sidecars"),
        "ebs-csi-controller-sa",
        ("arn:aws:iam::aws:policy/service-role/AmazonEBSCSIDriverPolicy",),
    ),
    "metrics-server": Kind("observability", ("v0.8.0-eksbuild.2", "v0.7.2-eksbuild.4"), ("replicas", "args")),
}


def kind(name: str) -> Kind:
    if name not in CATALOG:
        raise not_found(f"Addon {name} specified is not supported", addonName=name)
    return CATALOG[name]


def addon_versions(name: str, kubernetes: str) -> list[str]:
    before = f"v1.{versions.minor(kubernetes) - 1}"
    return [text.format(version=f"v{kubernetes}", before=before) for text in kind(name).versions]


def default_version(name: str, kubernetes: str) -> str:
    return addon_versions(name, kubernetes)[0]


def check_version(name: str, version: str, kubernetes: str) -> None:
    if version not in addon_versions(name, kubernetes):
        raise invalid_parameter(f"Addon version specified is not supported: {version}", addonName=name)


def check_step(name: str, before: str, after: str) -> None:
    """https://docs.aws.amazon.com/eks/latest/userguide/managing-vpc-cni.html"""
    if name == "vpc-cni" and abs(versions.minor(after) - versions.minor(before)) > 1:
        raise invalid_parameter("Updating VPC-CNI can only go up or down 1 minor version at a time", addonName=name)


def schema(name: str) -> dict[str, Any]:
    options = sorted({*COMMON_OPTIONS, *kind(name).options})
    return {
        "$schema": "http://json-schema.org/draft-06/schema#",
        "title": name,
        "type": "object",
        "additionalProperties": False,
        "properties": {option: {} for option in options},
    }


def check_configuration(name: str, values: str) -> dict[str, Any]:
    try:
        parsed = json.loads(values) if values.strip() else {}
    except ValueError as error:
        raise invalid_parameter("ConfigurationValue is not in a valid JSON format", addonName=name) from error
    unknown = sorted(set(parsed) - set(schema(name)["properties"])) if isinstance(parsed, dict) else ["$"]
    if unknown:
        raise invalid_parameter(
            "ConfigurationValue provided in request is not supported: Json schema validation failed with error: "
            f"[$.{unknown[0]}: is not defined in the schema and the schema does not allow additional properties]",
            addonName=name,
        )
    return parsed


def describe_addon_versions(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    asked = params.get("kubernetesVersion")
    clusters = [asked] if asked else versions.supported(region)
    if params.get("addonName"):
        kind(params["addonName"])
    items = []
    for name, entry in CATALOG.items():
        if params.get("addonName", name) != name or entry.type not in params.get("types", [entry.type]):
            continue
        known = [version for version in clusters if version in versions.supported(region)]
        if known:
            items.append(_info(name, entry, known))
    return page("addons", items, params)


def _info(name: str, entry: Kind, clusters: list[str]) -> dict[str, Any]:
    found: dict[str, list[dict[str, Any]]] = {}
    for cluster in clusters:
        for index, version in enumerate(addon_versions(name, cluster)):
            compatibility = {"clusterVersion": cluster, "platformVersions": ["*"], "defaultVersion": index == 0}
            found.setdefault(version, []).append(compatibility)
    return {
        "addonName": name,
        "type": entry.type,
        "publisher": "eks",
        "owner": "aws",
        "defaultNamespace": "kube-system",
        "addonVersions": [
            {
                "addonVersion": version,
                "architecture": ["amd64", "arm64"],
                "computeTypes": ["ec2"],
                "compatibilities": compatibilities,
                "requiresConfiguration": False,
                "requiresIamPermissions": bool(entry.policies),
            }
            for version, compatibilities in found.items()
        ],
    }


def describe_addon_configuration(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    name, version = params["addonName"], params["addonVersion"]
    if not any(version in addon_versions(name, cluster) for cluster in versions.supported(region)):
        raise not_found(f"Addon version specified is not supported: {version}", addonName=name)
    entry = kind(name)
    identity = [{"serviceAccount": entry.service_account, "recommendedManagedPolicies": list(entry.policies)}]
    return {
        "addonName": name,
        "addonVersion": version,
        "configurationSchema": json.dumps(schema(name)),
        "podIdentityConfiguration": identity if entry.service_account else [],
    }


OPERATIONS = {
    "DescribeAddonVersions": describe_addon_versions,
    "DescribeAddonConfiguration": describe_addon_configuration,
}
