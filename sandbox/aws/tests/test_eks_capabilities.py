"""Capabilities: what EKS takes, refuses and shows of an Argo CD that it runs."""

from __future__ import annotations

from typing import Any

from .conftest import Sandbox
from .test_eks_clusters import refused

CENTER = "arn:aws:sso:::instance/ssoins-1"
ADMIN: dict[str, Any] = {"id": "686103e0-f051-7068-b225-e6392b959d9e", "type": "SSO_GROUP"}
GUEST: dict[str, Any] = {"id": "686103e0-f051-7068-b225-e6392b959d9f", "type": "SSO_USER"}
NAMED = {"clusterName": "c1", "capabilityName": "argocd"}


def wanted(sandbox: Sandbox, **more: Any) -> dict[str, Any]:
    argo = {"awsIdc": {"idcInstanceArn": CENTER}, "rbacRoleMappings": [{"role": "ADMIN", "identities": [ADMIN]}]}
    return {
        **NAMED,
        "type": "ARGOCD",
        "roleArn": sandbox.role("argocd", "capabilities.eks.amazonaws.com"),
        "deletePropagationPolicy": "RETAIN",
        "configuration": {"argoCd": argo},
        "tags": {"team": "a"},
        **more,
    }


def made(sandbox: Sandbox) -> dict[str, Any]:
    sandbox.cluster()
    asked = wanted(sandbox)
    sandbox.client("eks").create_capability(**asked)
    sandbox.advance(300)
    return asked


def mappings(sandbox: Sandbox) -> list[dict[str, Any]]:
    found = sandbox.client("eks").describe_capability(**NAMED)["capability"]
    return found["configuration"]["argoCd"]["rbacRoleMappings"]


def test_a_capability_becomes_active_and_has_an_access_entry_without_rights(sandbox: Sandbox) -> None:
    sandbox.cluster()
    eks, asked = sandbox.client("eks"), wanted(sandbox)
    assert eks.list_capabilities(clusterName="c1")["capabilities"] == []
    assert eks.create_capability(**asked)["capability"]["status"] == "CREATING"
    sandbox.advance(300)
    found = eks.describe_capability(**NAMED)["capability"]
    assert (found["status"], found["configuration"]["argoCd"]["namespace"]) == ("ACTIVE", "argocd")
    [listed] = eks.list_capabilities(clusterName="c1")["capabilities"]
    assert (listed["capabilityName"], listed["type"], listed["status"]) == ("argocd", "ARGOCD", "ACTIVE")
    entry = {"clusterName": "c1", "principalArn": asked["roleArn"]}
    assert eks.list_associated_access_policies(**entry)["associatedAccessPolicies"] == []
    eks.tag_resource(resourceArn=found["arn"], tags={"owner": "b"})
    assert eks.describe_capability(**NAMED)["capability"]["tags"] == {"team": "a", "owner": "b"}


def test_what_a_capability_needs_is_checked(sandbox: Sandbox) -> None:
    sandbox.cluster()
    eks, asked = sandbox.client("eks"), wanted(sandbox)
    other = sandbox.role("other", "ec2.amazonaws.com")
    unassigned = {"awsIdc": {"idcInstanceArn": CENTER}, "rbacRoleMappings": [{"role": "ADMIN", "identities": []}]}
    for wrong in (
        {"roleArn": other},
        {"configuration": {}},
        {"configuration": {"argoCd": {}}},
        {"configuration": {"argoCd": unassigned}},
        {"type": "FLUX"},
        {"deletePropagationPolicy": "DELETE"},
    ):
        assert refused(lambda wrong=wrong: eks.create_capability(**{**asked, **wrong}))[0] in (
            "InvalidParameterException",
            "ValidationException",
        )
    eks.create_capability(**asked)
    assert refused(lambda: eks.create_capability(**{**asked, "capabilityName": "b"}))[0] == "ResourceInUseException"
    assert refused(lambda: eks.delete_cluster(name="c1"))[0] == "ResourceInUseException"
    assert refused(lambda: eks.list_capabilities(clusterName="c2"))[0] == "ResourceNotFoundException"


def test_role_mappings_are_set_and_removed_by_updates(sandbox: Sandbox) -> None:
    made(sandbox)
    eks = sandbox.client("eks")

    def change(**asked: Any) -> dict[str, Any]:
        return eks.update_capability(**NAMED, configuration={"argoCd": {"rbacRoleMappings": asked}})["update"]

    guests = {"role": "VIEWER", "identities": [GUEST]}
    update = change(addOrUpdateRoleMappings=[guests])
    assert refused(lambda: change(removeRoleMappings=[guests]))[0] == "ResourceInUseException"
    sandbox.advance(100)
    described = eks.describe_update(name="c1", capabilityName="argocd", updateId=update["id"])["update"]
    assert (described["type"], described["status"]) == ("CapabilityUpdate", "Successful")
    assert [mapping["role"] for mapping in mappings(sandbox)] == ["ADMIN", "VIEWER"]
    strange = {"role": "ADMIN", "identities": [GUEST]}
    assert refused(lambda: change(removeRoleMappings=[strange]))[0] == "InvalidParameterException"
    change(removeRoleMappings=[guests])
    sandbox.advance(100)
    assert mappings(sandbox) == [{"role": "ADMIN", "identities": [ADMIN]}]
    assert refused(lambda: eks.update_capability(**NAMED))[0] == "InvalidParameterException"


def test_a_deleted_capability_is_gone_and_frees_its_cluster(sandbox: Sandbox) -> None:
    made(sandbox)
    eks = sandbox.client("eks")
    assert eks.delete_capability(**NAMED)["capability"]["status"] == "DELETING"
    sandbox.advance(200)
    assert refused(lambda: eks.describe_capability(**NAMED))[0] == "ResourceNotFoundException"
    assert eks.delete_cluster(name="c1")["cluster"]["status"] == "DELETING"
