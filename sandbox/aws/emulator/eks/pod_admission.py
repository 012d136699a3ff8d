"""What EKS's webhook gives to a pod that is created with a Pod Identity association.

Only pods of kube-system get it, which are never run for real: no agent answers here, so a real pod would have no
credentials at all. https://docs.aws.amazon.com/eks/latest/userguide/pod-id-how-it-works.html
"""

from __future__ import annotations

from typing import Any

from ..kubernetes import Writer

API = "/apis/admissionregistration.k8s.io/v1"
NAMESPACE = "kube-system"
VARIABLE = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
URI = "http://169.254.170.23/v1/credentials"


def apply(writer: Writer, association: dict[str, Any]) -> None:
    if association["namespace"] != NAMESPACE:
        return
    for path, body in _objects(association["serviceAccount"]).items():
        writer.apply(path, body)


def remove(writer: Writer, association: dict[str, Any]) -> None:
    if association["namespace"] != NAMESPACE:
        return
    for path in _objects(association["serviceAccount"]):
        writer.remove(path)


def _objects(account: str) -> dict[str, dict[str, Any]]:
    name = f"eks-pod-identity-{account}"
    added = f'[Object.spec.containers.env{{name: "{VARIABLE}", value: "{URI}"}}]'
    each = f"object.spec.containers.map(c, Object.spec.containers{{name: c.name, env: {added}}})"
    rules = [{"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["pods"]}]
    selector = {"matchLabels": {"kubernetes.io/metadata.name": NAMESPACE}}
    policy = {
        "matchConstraints": {"namespaceSelector": selector, "resourceRules": rules},
        "matchConditions": [
            {
                "name": "service-account",
                "expression": f'has(object.spec.serviceAccountName) && object.spec.serviceAccountName == "{account}"',
            }
        ],
        "failurePolicy": "Ignore",
        "reinvocationPolicy": "IfNeeded",
        "mutations": [
            {
                "patchType": "ApplyConfiguration",
                "applyConfiguration": {"expression": f"Object{{spec: Object.spec{{containers: {each}}}}}"},
            }
        ],
    }
    return {
        f"{API}/mutatingadmissionpolicies/{name}": _object("MutatingAdmissionPolicy", name, policy),
        f"{API}/mutatingadmissionpolicybindings/{name}": _object(
            "MutatingAdmissionPolicyBinding", name, {"policyName": name}
        ),
    }


def _object(kind: str, name: str, spec: dict[str, Any]) -> dict[str, Any]:
    return {
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": kind,
        "metadata": {"name": name},
        "spec": spec,
    }
