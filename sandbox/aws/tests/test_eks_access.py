"""Add-ons, access entries and policies, Pod Identity, and the authenticator that reads the entries."""

from __future__ import annotations

import base64
from typing import Any

import pytest
import requests
from botocore.auth import SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from .conftest import ACCOUNT, KEY, REGION, SECRET, Sandbox

POLICY = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy"
OWN = f"arn:aws:iam::{ACCOUNT}:user/gennet"


def refused(call: Any) -> str:
    with pytest.raises(ClientError) as caught:
        call()
    return caught.value.response["Error"]["Code"]


def token(cluster: str = "c1", credentials: Credentials | None = None, expires: int = 60) -> str:
    url = f"https://sts.{REGION}.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15"
    request = AWSRequest("GET", url, {"x-k8s-aws-id": cluster})
    SigV4QueryAuth(credentials or Credentials(KEY, SECRET), "sts", REGION, expires=expires).add_auth(request)
    encoded = base64.urlsafe_b64encode(request.prepare().url.encode()).decode()
    return "k8s-aws-v1." + encoded.rstrip("=")


def review(sandbox: Sandbox, text: str, region: str = REGION) -> dict[str, Any]:
    body = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenReview", "spec": {"token": text}}
    url = f"{sandbox.webhook}/token/{region}"  # type: ignore[attr-defined]
    answer = requests.post(url, json=body, verify=str(sandbox.files / "cert.pem"))
    assert answer.status_code == 200
    assert answer.json()["kind"] == "TokenReview"
    return answer.json()["status"]


def test_creator_is_admin(sandbox: Sandbox) -> None:
    sandbox.cluster()
    status = review(sandbox, token())
    assert status["authenticated"] is True
    assert status["user"]["username"] == OWN
    bindings = [o for o in sandbox.settle().values() if o["kind"] == "ClusterRoleBinding"]
    assert [b["roleRef"]["name"] for b in bindings] == ["cluster-admin"]
    assert bindings[0]["subjects"][0]["name"] in status["user"]["groups"]
    sandbox.client("eks").delete_access_entry(clusterName="c1", principalArn=OWN)
    assert review(sandbox, token()) == {
        "authenticated": False,
        "error": f"{OWN} has no access entry in cluster c1",
    }
    assert not [o for o in sandbox.settle().values() if o["kind"] == "ClusterRoleBinding"]


def test_creator_without_permissions_and_with_a_config_map(sandbox: Sandbox) -> None:
    sandbox.cluster(
        accessConfig={"authenticationMode": "API", "bootstrapClusterCreatorAdminPermissions": False},
    )
    assert review(sandbox, token())["authenticated"] is False
    sandbox.client("eks").delete_cluster(name="c1")
    sandbox.advance(250)
    sandbox.client("iam").delete_role(RoleName="cluster")
    sandbox.client("iam").delete_role(RoleName="node")
    sandbox.cluster(accessConfig={})
    assert review(sandbox, token())["user"]["groups"] == ["system:masters"]


def test_wrong_tokens(sandbox: Sandbox) -> None:
    assert "no cluster" in review(sandbox, token())["error"]
    sandbox.cluster()
    assert "wrong" in review(sandbox, token("another"))["error"]
    assert "wrong" in review(sandbox, token(credentials=Credentials(KEY, SECRET + "x")))["error"]
    unknown = Credentials("AKIAUNKNOWN000000000", SECRET)
    assert "invalid" in review(sandbox, token(credentials=unknown))["error"]
    assert "X-Amz-Expires" in review(sandbox, token(expires=3600))["error"]
    assert "not an EKS token" in review(sandbox, "abc")["error"]
    assert review(sandbox, "k8s-aws-v1.%%%")["authenticated"] is False
    sandbox.control("POST", "/credentials/expire", {"accessKeyId": KEY})
    assert "expired" in review(sandbox, token())["error"]


def test_role_session_and_namespace_policy(sandbox: Sandbox) -> None:
    sandbox.cluster()
    eks, role = sandbox.client("eks"), sandbox.role("viewer")
    given = sandbox.client("sts").assume_role(RoleArn=role, RoleSessionName="ann")["Credentials"]
    own = Credentials(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])
    assert "no access entry" in review(sandbox, token(credentials=own))["error"]
    entry = {"clusterName": "c1", "principalArn": role}
    made = eks.create_access_entry(**entry, kubernetesGroups=["viewers"])["accessEntry"]
    assert made["username"].endswith("/{{SessionName}}")
    user = review(sandbox, token(credentials=own))["user"]
    assert user["username"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/viewer/ann"
    assert user["groups"] == ["viewers"]
    scope = {"type": "namespace", "namespaces": ["shop"]}
    eks.associate_access_policy(**entry, policyArn=POLICY, accessScope=scope)
    bindings = {path: o for path, o in sandbox.settle().items() if o["kind"] == "RoleBinding"}
    assert len(bindings) == 1
    path, binding = bindings.popitem()
    assert "/namespaces/shop/" in path
    assert binding["roleRef"]["name"] == "view"
    assert binding["subjects"][0]["name"] in review(sandbox, token(credentials=own))["user"]["groups"]
    listed = eks.list_associated_access_policies(**entry)["associatedAccessPolicies"]
    assert [p["policyArn"] for p in listed] == [POLICY]
    eks.disassociate_access_policy(**entry, policyArn=POLICY)
    assert not [o for o in sandbox.settle().values() if o["kind"] == "RoleBinding"]


def test_entry_rules(sandbox: Sandbox) -> None:
    sandbox.cluster()
    eks, role = sandbox.client("eks"), sandbox.role("viewer")
    missing = {"clusterName": "c1", "principalArn": role + "-missing"}
    assert refused(lambda: eks.create_access_entry(**missing)) == "InvalidParameterException"
    entry = {"clusterName": "c1", "principalArn": role}
    reserved = {"kubernetesGroups": ["system:masters"]}
    assert refused(lambda: eks.create_access_entry(**entry, **reserved)) == "InvalidParameterException"
    assert refused(lambda: eks.describe_access_entry(**entry)) == "ResourceNotFoundException"
    eks.create_access_entry(**entry)
    assert refused(lambda: eks.create_access_entry(**entry)) == "ResourceInUseException"
    bad = {"policyArn": "arn:aws:eks::aws:cluster-access-policy/Nope", "accessScope": {"type": "cluster"}}
    assert refused(lambda: eks.associate_access_policy(**entry, **bad)) == "InvalidParameterException"
    eks.update_access_entry(**entry, kubernetesGroups=["b"])
    assert eks.describe_access_entry(**entry)["accessEntry"]["kubernetesGroups"] == ["b"]
    assert len(eks.list_access_policies()["accessPolicies"]) == 5


def test_addon_over_a_self_managed_one_fails_unless_it_overwrites(sandbox: Sandbox) -> None:
    sandbox.cluster()
    eks = sandbox.client("eks")

    def ended(**more: Any) -> dict[str, Any]:
        eks.create_addon(clusterName="c1", addonName="vpc-cni", **more)
        sandbox.advance(50)
        return eks.describe_addon(clusterName="c1", addonName="vpc-cni")["addon"]

    failed = ended(resolveConflicts="NONE")
    assert failed["status"] == "CREATE_FAILED"
    assert [issue["code"] for issue in failed["health"]["issues"]] == ["ConfigurationConflict"]
    eks.delete_addon(clusterName="c1", addonName="vpc-cni", preserve=True)
    sandbox.advance(30)
    assert "/apis/apps/v1/namespaces/kube-system/daemonsets/aws-node" in sandbox.settle()
    assert ended(resolveConflicts="OVERWRITE")["status"] == "ACTIVE"


def test_addons(sandbox: Sandbox) -> None:
    parts = sandbox.cluster(bootstrapSelfManagedAddons=False)
    eks = sandbox.client("eks")
    for name in ("vpc-cni", "eks-node-monitoring-agent", "coredns"):
        assert eks.create_addon(clusterName="c1", addonName=name)["addon"]["status"] == "CREATING"
    assert refused(lambda: eks.create_addon(clusterName="c1", addonName="nope")) == "InvalidParameterException"
    wrong = {"addonName": "kube-proxy", "addonVersion": "v9"}
    assert refused(lambda: eks.create_addon(clusterName="c1", **wrong)) == "InvalidParameterException"
    unknown = {"addonName": "kube-proxy", "configurationValues": '{"colour": "red"}'}
    assert refused(lambda: eks.create_addon(clusterName="c1", **unknown)) == "InvalidParameterException"

    def status(name: str) -> str:
        return eks.describe_addon(clusterName="c1", addonName=name)["addon"]["status"]

    sandbox.advance(50)
    assert (status("vpc-cni"), status("eks-node-monitoring-agent")) == ("ACTIVE", "ACTIVE")
    assert status("coredns") == "CREATING"
    sandbox.kubernetes.schedules = False
    eks.create_nodegroup(clusterName="c1", nodegroupName="g1", subnets=parts["subnets"], nodeRole=parts["node_role"])
    sandbox.advance(180)
    sandbox.settle()
    assert status("coredns") == "CREATING"
    sandbox.kubernetes.schedules = True
    eks.get_waiter("addon_active").wait(
        clusterName="c1", addonName="coredns", WaiterConfig={"Delay": 0.05, "MaxAttempts": 200}
    )
    objects = sandbox.settle()
    assert objects["/apis/apps/v1/namespaces/kube-system/deployments/coredns"]["spec"]["replicas"] == 2
    assert "/apis/apps/v1/namespaces/kube-system/daemonsets/aws-node" in objects
    update = eks.update_addon(clusterName="c1", addonName="vpc-cni", addonVersion="v1.20.4-eksbuild.2")["update"]
    sandbox.advance(50)
    found = eks.describe_update(name="c1", updateId=update["id"], addonName="vpc-cni")["update"]
    assert found["status"] == "Successful"
    eks.delete_addon(clusterName="c1", addonName="coredns")
    sandbox.advance(30)
    assert "/apis/apps/v1/namespaces/kube-system/deployments/coredns" not in sandbox.settle()
    assert eks.list_addons(clusterName="c1")["addons"] == ["eks-node-monitoring-agent", "vpc-cni"]
    catalog = eks.describe_addon_versions(addonName="vpc-cni", kubernetesVersion="1.37")["addons"]
    assert catalog[0]["addonVersions"][0]["compatibilities"][0]["defaultVersion"] is True
    schema = eks.describe_addon_configuration(addonName="vpc-cni", addonVersion="v1.21.1-eksbuild.3")
    assert "enableNetworkPolicy" in schema["configurationSchema"]


def test_pod_identity(sandbox: Sandbox) -> None:
    sandbox.cluster()
    eks = sandbox.client("eks")
    place = {"clusterName": "c1", "namespace": "shop", "serviceAccount": "cart"}
    closed = sandbox.role("closed", "ec2.amazonaws.com")
    assert refused(lambda: eks.create_pod_identity_association(**place, roleArn=closed)) == "InvalidParameterException"
    role = sandbox.role("pods", "pods.eks.amazonaws.com")
    again = [eks.create_pod_identity_association(**place, roleArn=role, clientRequestToken="t") for _ in range(2)]
    assert again[0]["association"]["associationId"] == again[1]["association"]["associationId"]
    assert refused(lambda: eks.create_pod_identity_association(**place, roleArn=role)) == "ResourceInUseException"
    assert len(eks.list_pod_identity_associations(clusterName="c1", namespace="shop")["associations"]) == 1
    assert eks.list_pod_identity_associations(clusterName="c1", namespace="x")["associations"] == []
    name = {"clusterName": "c1", "associationId": again[0]["association"]["associationId"]}
    eks.delete_pod_identity_association(**name)
    assert refused(lambda: eks.describe_pod_identity_association(**name)) == "ResourceNotFoundException"


def test_only_pods_that_are_created_with_an_association_get_its_credentials(sandbox: Sandbox) -> None:
    sandbox.cluster()
    eks = sandbox.client("eks")
    role = sandbox.role("pods", "pods.eks.amazonaws.com")
    made = [
        eks.create_pod_identity_association(clusterName="c1", namespace=namespace, serviceAccount=account, roleArn=role)
        for namespace, account in (("kube-system", "aws-node"), ("shop", "cart"))
    ]
    path = "/apis/admissionregistration.k8s.io/v1/mutatingadmissionpolicies/eks-pod-identity-aws-node"
    objects = sandbox.settle()
    assert objects[path]["spec"]["matchConditions"][0]["expression"].endswith('== "aws-node"')
    assert not any(name.endswith("eks-pod-identity-cart") for name in objects)
    eks.delete_pod_identity_association(clusterName="c1", associationId=made[0]["association"]["associationId"])
    assert path not in sandbox.settle()
