"""The questions that EKS answers about a cluster in its insights."""

from __future__ import annotations

from typing import Any

from . import addon_catalog, rollback_window, versions
from .state import Cluster, Nodegroup, Region

Answer = tuple[str, str, list[dict[str, Any]], dict[str, Any]]

PASSING = "PASSING"
SKEW = "Kubelet version skew"
PROXY = "kube-proxy version skew"
ADDONS = "EKS add-on version compatibility"
HEALTH = "Cluster health issues"
# Since 1.28, kubelets may be three minor versions older: https://kubernetes.io/releases/version-skew-policy/#kubelet
OLDEST = 3


def all_of(region: Region, cluster: Cluster) -> list[dict[str, Any]]:
    current = cluster.data["version"]
    found = []
    following = f"1.{versions.minor(current) + 1}"
    targets = {"UPGRADE_READINESS": following, "ROLLBACK_READINESS": rollback_window.target(region, cluster)}
    for category, version in targets.items():
        if version is None:
            continue
        answers = {
            SKEW: _kubelets(cluster, version),
            PROXY: _proxy(cluster, version),
            ADDONS: _addons(region, cluster, version),
            HEALTH: _health(cluster),
        }
        if category == "UPGRADE_READINESS":
            reason = "No deprecated API usage detected within the last 30 days."
            answers[f"Deprecated APIs removed in Kubernetes v{version}"] = (PASSING, reason, [], _details())
        found += [_insight(category, version, name, *answer) for name, answer in answers.items()]
    return found


def _insight(
    category: str,
    version: str,
    name: str,
    status: str,
    reason: str,
    resources: list[dict[str, Any]],
    details: dict[str, Any],
) -> dict[str, Any]:
    return {
        "name": name,
        "category": category,
        "kubernetesVersion": version,
        "description": f"Checks the cluster for a change to Kubernetes {version}: {name}.",
        "insightStatus": {"status": status, "reason": reason},
        "recommendation": f"Resolve what {name} names before the change to Kubernetes {version}.",
        "additionalInfo": {
            "Cluster insights": "https://docs.aws.amazon.com/eks/latest/userguide/cluster-insights.html"
        },
        "resources": [{"insightStatus": {"status": status, "reason": reason}, **resource} for resource in resources],
        "categorySpecificSummary": details,
    }


def _details(addons: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    return {"deprecationDetails": [], "addonCompatibilityDetails": addons or []}


def _kubelets(cluster: Cluster, version: str) -> Answer:
    def outside(group: Nodegroup) -> bool:
        behind = versions.minor(version) - versions.minor(group.data["version"])
        return behind < 0 or behind > OLDEST

    bad = [group for group in cluster.nodegroups.values() if outside(group)]
    if not bad:
        return PASSING, "Node kubelet versions match the supported version skew.", [], _details()
    nodes = [{"kubernetesResourceUri": f"/api/v1/nodes/{node['name']}"} for group in bad for node in group.nodes]
    return "ERROR", f"Kubelets cannot work with a control plane of Kubernetes {version}.", nodes, _details()


def _proxy(cluster: Cluster, version: str) -> Answer:
    # The sandbox knows no version of a self-managed one.
    addon = cluster.addons.get("kube-proxy")
    proxy = addon.data["addonVersion"] if addon else ""
    if not addon or 0 <= versions.minor(version) - versions.minor(proxy) <= OLDEST:
        return PASSING, "kube-proxy versions match the supported version skew.", [], _details()
    resource = {"kubernetesResourceUri": "/apis/apps/v1/namespaces/kube-system/daemonsets/kube-proxy"}
    return "ERROR", f"kube-proxy {proxy} cannot work with Kubernetes {version}.", [resource], _details()


def _addons(region: Region, cluster: Cluster, version: str) -> Answer:
    if version not in versions.supported(region):
        return PASSING, f"EKS has no add-ons for Kubernetes {version} yet.", [], _details()
    bad = {}
    for name, addon in cluster.addons.items():
        fitting = addon_catalog.addon_versions(name, version)
        # Another insight is about kube-proxy.
        if name != "kube-proxy" and addon.data["addonVersion"] not in fitting:
            bad[addon.data["addonArn"]] = {"name": name, "compatibleVersions": fitting}
    if not bad:
        return PASSING, "All installed EKS add-on versions are compatible.", [], _details()
    reason = f"Add-ons are not compatible with Kubernetes {version}."
    return "ERROR", reason, [{"arn": arn} for arn in bad], _details(list(bad.values()))


def _health(cluster: Cluster) -> Answer:
    issues = cluster.data["health"]["issues"]
    if not issues:
        return PASSING, "No cluster health issues detected.", [], _details()
    return "ERROR", ", ".join(issue["code"] for issue in issues), [{"arn": cluster.data["arn"]}], _details()
