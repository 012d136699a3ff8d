"""Access policies, with real effect: each association is a binding in the cluster.

EKS authorizes them in a webhook of its own. Here the authenticator puts a caller into its entry's private group, and
the binding names that group: a user name would not do, since a role's contains the session's name.
"""

from __future__ import annotations

import hashlib
from typing import Any

from ..credentials import Principal
from ..kubernetes import Writer
from .errors import invalid_parameter, not_found
from .paging import page
from .state import AccessEntry, Region

PREFIX = "arn:aws:eks::aws:cluster-access-policy/"
RBAC = "/apis/rbac.authorization.k8s.io/v1"
ADMIN_VIEW = "sandbox-gennet-eks-admin-view"
ROLES = {
    "AmazonEKSClusterAdminPolicy": "cluster-admin",
    "AmazonEKSAdminPolicy": "admin",
    "AmazonEKSEditPolicy": "edit",
    "AmazonEKSViewPolicy": "view",
    "AmazonEKSAdminViewPolicy": ADMIN_VIEW,
}


def list_access_policies(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    return page("accessPolicies", [{"name": name, "arn": PREFIX + name} for name in ROLES], params)


def associate_access_policy(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    from .access_entries import find

    entry = find(region, params)
    name = params["policyArn"].removeprefix(PREFIX)
    if name not in ROLES or name == params["policyArn"]:
        raise invalid_parameter("The policyArn parameter format is not valid")
    if entry.data["type"] != "STANDARD":
        raise invalid_parameter(f"Access policies cannot be associated with an entry of type {entry.data['type']}")
    scope = params["accessScope"]
    namespaces = scope.get("namespaces", [])
    if scope.get("type") == "namespace" and not namespaces:
        raise invalid_parameter("The accessScope parameter namespaces must not be empty for the type namespace")
    if scope.get("type") == "cluster" and namespaces:
        raise invalid_parameter("The accessScope parameter namespaces must be empty for the type cluster")
    associated = associate(region, entry, name, scope)
    return {
        "clusterName": params["clusterName"],
        "principalArn": params["principalArn"],
        "associatedAccessPolicy": associated,
    }


def associate(region: Region, entry: AccessEntry, name: str, scope: dict[str, Any]) -> dict[str, Any]:
    arn = PREFIX + name
    known = entry.policies.get(arn)
    if known:
        _unbind(region, entry, arn)
    now = region.clock.now()
    entry.policies[arn] = {
        "policyArn": arn,
        "accessScope": {"type": scope["type"], "namespaces": list(scope.get("namespaces", []))},
        "associatedAt": known["associatedAt"] if known else now,
        "modifiedAt": now,
    }
    if region.writer:
        for path, body in _bindings(entry, arn):
            region.writer.apply(path, body)
    return entry.policies[arn]


def disassociate_access_policy(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    from .access_entries import find

    entry = find(region, params)
    if params["policyArn"] not in entry.policies:
        raise not_found("The specified policyArn is not associated with the access entry")
    remove(region, entry, params["policyArn"])
    return {}


def list_associated_access_policies(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    from .access_entries import find

    result = page("associatedAccessPolicies", list(find(region, params).policies.values()), params)
    return {**result, "clusterName": params["clusterName"], "principalArn": params["principalArn"]}


def remove(region: Region, entry: AccessEntry, arn: str) -> None:
    _unbind(region, entry, arn)
    entry.policies.pop(arn)


def _unbind(region: Region, entry: AccessEntry, arn: str) -> None:
    if region.writer:
        for path, _ in _bindings(entry, arn):
            region.writer.remove(path)


def _bindings(entry: AccessEntry, arn: str) -> list[tuple[str, dict[str, Any]]]:
    scope = entry.policies[arn]["accessScope"]
    policy = arn.removeprefix(PREFIX)
    digest = hashlib.sha256(f"{entry.group} {policy}".encode()).hexdigest()[:16]
    name = f"sandbox-gennet-eks-{digest}"
    common = {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": ROLES[policy]},
        "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": entry.group}],
    }
    if scope["type"] == "cluster":
        body = {**common, "kind": "ClusterRoleBinding", "metadata": {"name": name}}
        return [(f"{RBAC}/clusterrolebindings/{name}", body)]
    # EKS also takes patterns such as dev-*; they would need a watch on namespaces and have no effect here.
    plain = [namespace for namespace in scope["namespaces"] if "*" not in namespace]
    return [
        (
            f"{RBAC}/namespaces/{namespace}/rolebindings/{name}",
            {**common, "kind": "RoleBinding", "metadata": {"name": name, "namespace": namespace}},
        )
        for namespace in plain
    ]


def apply_roles(writer: Writer) -> None:
    """Kubernetes has no role of its own that reads everything, Secrets too."""
    body = {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRole",
        "metadata": {"name": ADMIN_VIEW},
        "rules": [{"apiGroups": ["*"], "resources": ["*"], "verbs": ["get", "list", "watch"]}],
    }
    writer.apply(f"{RBAC}/clusterroles/{ADMIN_VIEW}", body)


OPERATIONS = {
    "ListAccessPolicies": list_access_policies,
    "AssociateAccessPolicy": associate_access_policy,
    "DisassociateAccessPolicy": disassociate_access_policy,
    "ListAssociatedAccessPolicies": list_associated_access_policies,
}
