"""What an add-on puts into kube-system."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..kubernetes import Writer

# What EKS installs by itself unless told not to.
SELF_MANAGED = ("vpc-cni", "kube-proxy", "coredns")
# EKS's image account; the images are never pulled here, the names are what people see in kubectl.
IMAGES = "602401143452.dkr.ecr.{region}.amazonaws.com/eks/{image}:{tag}"

PRIORITY = {"DaemonSet": "system-node-critical", "Deployment": "system-cluster-critical"}


@dataclass(frozen=True)
class Workload:
    kind: str
    name: str
    label: str
    image: str
    default_tag: str
    replicas: int = 0
    service_account: str = ""


WORKLOADS = {
    "vpc-cni": Workload("DaemonSet", "aws-node", "aws-node", "amazon-k8s-cni", "v1.21.1-eksbuild.3"),
    "kube-proxy": Workload("DaemonSet", "kube-proxy", "kube-proxy", "kube-proxy", "v1.37.1-eksbuild.1"),
    "eks-pod-identity-agent": Workload(
        "DaemonSet", "eks-pod-identity-agent", "eks-pod-identity-agent", "eks-pod-identity-agent", "v1.3.10-eksbuild.1"
    ),
    "eks-node-monitoring-agent": Workload(
        "DaemonSet",
        "eks-node-monitoring-agent",
        "eks-node-monitoring-agent",
        "eks-node-monitoring-agent",
        "v1.7.0-eksbuild.1",
    ),
    "coredns": Workload("Deployment", "coredns", "kube-dns", "coredns", "v1.13.1-eksbuild.2", replicas=2),
    "aws-ebs-csi-driver": Workload(
        "Deployment",
        "ebs-csi-controller",
        "ebs-csi-controller",
        "aws-ebs-csi-driver",
        "v1.51.0-eksbuild.1",
        replicas=2,
        service_account="ebs-csi-controller-sa",
    ),
    "metrics-server": Workload(
        "Deployment", "metrics-server", "metrics-server", "metrics-server", "v0.8.0-eksbuild.2", replicas=2
    ),
}


def apply(writer: Writer, region: str, addon: str, data: dict[str, Any] | None) -> None:
    """`data` is the add-on's; None for what EKS installs by itself."""
    workload = WORKLOADS[addon]
    account = workload.service_account or workload.name
    writer.apply(
        _account_path(account),
        {
            "apiVersion": "v1",
            "kind": "ServiceAccount",
            "metadata": {"name": account, "namespace": "kube-system", **_annotations(data)},
        },
    )
    tag = data["addonVersion"] if data else workload.default_tag
    writer.apply(_path(workload), _object(workload, region, tag, account))


def path_of(addon: str) -> str:
    return _path(WORKLOADS[addon])


def remove(writer: Writer, addon: str) -> None:
    workload = WORKLOADS[addon]
    writer.remove(_path(workload))
    writer.remove(_account_path(workload.service_account or workload.name))


def _annotations(data: dict[str, Any] | None) -> dict[str, Any]:
    role = (data or {}).get("serviceAccountRoleArn")
    return {"annotations": {"eks.amazonaws.com/role-arn": role}} if role else {}


def _account_path(name: str) -> str:
    return f"/api/v1/namespaces/kube-system/serviceaccounts/{name}"


def _path(workload: Workload) -> str:
    return f"/apis/apps/v1/namespaces/kube-system/{workload.kind.lower()}s/{workload.name}"


def _object(workload: Workload, region: str, tag: str, account: str) -> dict[str, Any]:
    labels = {"k8s-app": workload.label, "app.kubernetes.io/name": workload.name}
    spec: dict[str, Any] = {
        "selector": {"matchLabels": {"k8s-app": workload.label}},
        "template": {
            "metadata": {"labels": labels},
            "spec": {
                "serviceAccountName": account,
                "priorityClassName": "system-node-critical"
                if workload.kind == "DaemonSet"
                else "system-cluster-critical",
                "tolerations": _tolerations(workload),
                "containers": [
                    {
                        "name": workload.name,
                        "image": IMAGES.format(region=region, image=workload.image, tag=tag),
                        "resources": {"requests": {"cpu": "10m", "memory": "16Mi"}},
                    }
                ],
            },
        },
    }
    if workload.kind == "Deployment":
        spec["replicas"] = workload.replicas
    else:
        spec["template"]["spec"]["hostNetwork"] = True
    return {
        "apiVersion": "apps/v1",
        "kind": workload.kind,
        "metadata": {"name": workload.name, "namespace": "kube-system", "labels": labels},
        "spec": spec,
    }


def _tolerations(workload: Workload) -> list[dict[str, str]]:
    if workload.kind == "DaemonSet":
        return [{"operator": "Exists"}]
    return [
        {"key": "CriticalAddonsOnly", "operator": "Exists"},
        {"key": "node-role.kubernetes.io/control-plane", "effect": "NoSchedule", "operator": "Exists"},
    ]
