"""EKS Pod Identity: what pods are told, and the credentials that they get for their token."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
import requests
from botocore.exceptions import ClientError

from .conftest import ACCOUNT, REGION, Sandbox

ISSUER = "https://oidc.sandbox.test/id/1"
SERVICE = "pods.eks.amazonaws.com"
AGENT = "eks-pod-identity-agent"


def role(
    sandbox: Sandbox, name: str, principal: dict[str, str], actions: Any = ("sts:AssumeRole", "sts:TagSession")
) -> str:
    statement = {"Effect": "Allow", "Action": actions, "Principal": principal}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    return sandbox.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=policy)["Role"]["Arn"]


def associated(sandbox: Sandbox, **more: Any) -> dict[str, Any]:
    """An association of shop/orders with a role, in a cluster with the agent."""
    sandbox.cluster()
    eks = sandbox.client("eks")
    eks.create_addon(clusterName="c1", addonName=AGENT)
    sandbox.advance(600)
    place = {"clusterName": "c1", "namespace": "shop", "serviceAccount": "orders"}
    arn = more.pop("roleArn", None) or role(sandbox, "orders", {"Service": SERVICE})
    return eks.create_pod_identity_association(**place, roleArn=arn, **more)["association"]


def token(sandbox: Sandbox, subject: str = "shop:orders", audience: str = SERVICE, issuer: str = ISSUER) -> str:
    """A token that the region's API server knows, for the audience."""
    claims = base64.urlsafe_b64encode(json.dumps({"iss": issuer, "for": [subject, audience]}).encode()).decode()
    text = f"e30.{claims.rstrip('=')}.c2ln"
    extra = {"authentication.kubernetes.io/pod-name": ["orders-7d9f-x2x4z"]}
    user = {"username": f"system:serviceaccount:{subject}", "extra": extra}
    sandbox.kubernetes.reviews[text, audience] = {"authenticated": True, "user": user}
    return text


def ask(sandbox: Sandbox, text: str) -> requests.Response:
    headers = {"Host": "169.254.170.23", "Authorization": text}
    return requests.get(f"{sandbox.url}/v1/credentials", headers=headers)


def refused(sandbox: Sandbox, text: str) -> tuple[int, str]:
    answer = ask(sandbox, text)
    return answer.status_code, answer.text.partition("(")[2].partition(")")[0]


def caller(sandbox: Sandbox, found: dict[str, str], **more: str) -> str:
    sts = sandbox.client(
        "sts",
        key=found["AccessKeyId"],
        secret=found["SecretAccessKey"],
        **{"aws_session_token": found["Token"], **more},
    )
    return sts.get_caller_identity()["Arn"]


def test_a_token_of_the_service_account_is_worth_the_credentials_of_its_role(sandbox: Sandbox) -> None:
    associated(sandbox)
    answer = ask(sandbox, token(sandbox))
    assert answer.status_code == 200
    found = answer.json()
    assert set(found) == {"AccessKeyId", "SecretAccessKey", "Token", "AccountId", "Expiration"}
    assert found["AccountId"] == ACCOUNT
    assert caller(sandbox, found).startswith(f"arn:aws:sts::{ACCOUNT}:assumed-role/orders/eks-c1-orders-7d9-")
    with pytest.raises(ClientError) as wrong:
        caller(sandbox, found, aws_session_token="another")
    assert wrong.value.response["Error"]["Code"] == "InvalidClientTokenId"
    calls = [(each["operation"], each["status"]) for each in sandbox.control("GET", "/requests")["items"]]
    assert ("AssumeRoleForPodIdentity", 200) in calls


def test_no_other_token_is_worth_anything(sandbox: Sandbox) -> None:
    associated(sandbox)
    good = token(sandbox)
    assert refused(sandbox, "nonsense") == (400, "InvalidTokenException")
    assert refused(sandbox, good + "x") == (400, "InvalidTokenException")
    assert refused(sandbox, token(sandbox, audience="sts.amazonaws.com")) == (400, "InvalidTokenException")
    assert refused(sandbox, token(sandbox, issuer="https://elsewhere.test")) == (400, "InvalidTokenException")
    assert refused(sandbox, token(sandbox, "shop:other")) == (404, "ResourceNotFoundException")
    assert refused(sandbox, token(sandbox, "other:orders")) == (404, "ResourceNotFoundException")
    sandbox.kubernetes.broken = True
    assert refused(sandbox, good) == (503, "ServiceUnavailableException")
    sandbox.kubernetes.broken = False
    assert ask(sandbox, good).status_code == 200


def test_without_the_agent_nothing_answers(sandbox: Sandbox) -> None:
    associated(sandbox)
    text = token(sandbox)
    assert ask(sandbox, text).status_code == 200
    sandbox.client("eks").delete_addon(clusterName="c1", addonName=AGENT)
    sandbox.advance(600)
    with pytest.raises(requests.ConnectionError):
        ask(sandbox, text)


def test_a_role_that_does_not_trust_eks_is_denied_and_a_lost_association_is_noticed(sandbox: Sandbox) -> None:
    association = associated(sandbox)
    text = token(sandbox)
    iam = sandbox.client("iam")
    for actions in ("sts:AssumeRole", "sts:TagSession"):
        statement = {"Effect": "Allow", "Action": actions, "Principal": {"Service": SERVICE}}
        document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        iam.update_assume_role_policy(RoleName="orders", PolicyDocument=document)
        assert refused(sandbox, text) == (400, "AccessDeniedException")
    iam.delete_role(RoleName="orders")
    assert refused(sandbox, text) == (400, "AccessDeniedException")
    eks = sandbox.client("eks")
    eks.delete_pod_identity_association(clusterName="c1", associationId=association["associationId"])
    assert refused(sandbox, text) == (404, "ResourceNotFoundException")


def test_credentials_end_with_their_role(sandbox: Sandbox) -> None:
    associated(sandbox)
    found = ask(sandbox, token(sandbox)).json()
    assert caller(sandbox, found)
    sandbox.client("iam").delete_role(RoleName="orders")
    with pytest.raises(ClientError) as gone:
        caller(sandbox, found)
    assert gone.value.response["Error"]["Code"] == "InvalidClientTokenId"


def test_a_target_role_is_assumed_by_the_role_of_the_association(sandbox: Sandbox) -> None:
    own = role(sandbox, "own", {"Service": SERVICE})
    target = role(sandbox, "target", {"AWS": own})
    associated(sandbox, roleArn=own, targetRoleArn=target)
    text = token(sandbox)
    assert ":assumed-role/target/" in caller(sandbox, ask(sandbox, text).json())
    other = {"AWS": f"arn:aws:iam::{ACCOUNT}:user/other"}
    statement = {"Effect": "Allow", "Action": ["sts:AssumeRole", "sts:TagSession"], "Principal": other}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    sandbox.client("iam").update_assume_role_policy(RoleName="target", PolicyDocument=document)
    assert refused(sandbox, text) == (400, "AccessDeniedException")


def admit(sandbox: Sandbox, namespace: str, spec: dict[str, Any]) -> list[dict[str, Any]]:
    request = {"uid": "u1", "namespace": namespace, "object": {"spec": spec}}
    body = {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": request}
    url = f"{sandbox.webhook}/pod-identity/{REGION}"  # type: ignore[attr-defined]
    answer = requests.post(url, json=body, verify=str(sandbox.files / "cert.pem"))
    assert answer.status_code == 200
    response = answer.json()["response"]
    assert response["uid"] == "u1"
    assert response["allowed"] is True
    return json.loads(base64.b64decode(response["patch"])) if "patch" in response else []


def test_pods_of_an_associated_service_account_are_told_where_their_credentials_are(sandbox: Sandbox) -> None:
    associated(sandbox)
    own = {"name": "AWS_REGION", "value": "mars-north-1"}
    spec = {"serviceAccountName": "orders", "containers": [{"name": "app", "image": "a", "env": [own]}]}
    assert admit(sandbox, "other", spec) == []
    assert admit(sandbox, "shop", {"containers": []}) == []
    assert admit(sandbox, "shop", {**spec, "serviceAccountName": "default"}) == []
    patch = {each["path"]: each["value"] for each in admit(sandbox, "shop", spec)}
    assert set(patch) == {"/spec/volumes", "/spec/containers"}
    [container] = patch["/spec/containers"]
    variables = {each["name"]: each["value"] for each in container["env"]}
    file = "/var/run/secrets/pods.eks.amazonaws.com/serviceaccount/eks-pod-identity-token"
    assert variables == {
        "AWS_REGION": "mars-north-1",
        "AWS_DEFAULT_REGION": REGION,
        "AWS_STS_REGIONAL_ENDPOINTS": "regional",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://169.254.170.23/v1/credentials",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": file,
    }
    [mount] = container["volumeMounts"]
    assert file == f"{mount['mountPath']}/{mount['name']}"
    [volume] = patch["/spec/volumes"]
    [source] = volume["projected"]["sources"]
    assert source["serviceAccountToken"] == {
        "audience": SERVICE,
        "expirationSeconds": 86400,
        "path": "eks-pod-identity-token",
    }
    # What is injected already stays as it is: the API server may ask again.
    again = admit(sandbox, "shop", {**spec, "containers": [container], "volumes": [volume]})
    assert {each["path"]: each["value"] for each in again} == patch


def test_every_cluster_has_the_webhook_and_starts_pods_without_it(sandbox: Sandbox) -> None:
    sandbox.cluster()
    [found] = [o for o in sandbox.settle().values() if o["kind"] == "MutatingWebhookConfiguration"]
    [webhook] = found["webhooks"]
    assert webhook["failurePolicy"] == "Ignore"
    assert webhook["clientConfig"]["url"].endswith(f"/pod-identity/{REGION}")
