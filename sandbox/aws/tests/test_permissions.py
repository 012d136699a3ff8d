"""What a role's policies let its sessions do with secrets."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from .conftest import ACCOUNT, REGION, Sandbox

SECRETS = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret"


@pytest.fixture
def session(sandbox: Sandbox) -> Any:
    """Secrets Manager, called by a session of the role `reader`."""
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": ACCOUNT}}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    arn = sandbox.client("iam").create_role(RoleName="reader", AssumeRolePolicyDocument=document)["Role"]["Arn"]
    found = sandbox.client("sts").assume_role(RoleArn=arn, RoleSessionName="trial")["Credentials"]
    keys = {"key": found["AccessKeyId"], "secret": found["SecretAccessKey"]}
    for name in ("acme/orders", "acme/admin", "other/orders"):
        sandbox.client("secretsmanager").create_secret(Name=name, SecretString=name)
    return sandbox.client("secretsmanager", **keys, aws_session_token=found["SessionToken"])


def allow(sandbox: Sandbox, *statements: dict[str, Any]) -> None:
    document = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
    sandbox.client("iam").put_role_policy(RoleName="reader", PolicyName="read", PolicyDocument=document)


def refused(call: Callable[[], Any]) -> str:
    with pytest.raises(ClientError) as caught:
        call()
    error = caught.value.response["Error"]
    assert error["Code"] == "AccessDeniedException"
    return str(error["Message"])


def test_a_role_without_a_policy_may_do_nothing(sandbox: Sandbox, session: Any) -> None:
    message = refused(lambda: session.get_secret_value(SecretId="acme/orders"))
    assert message.startswith(f"User: arn:aws:sts::{ACCOUNT}:assumed-role/reader/trial is not authorized to perform: ")
    assert message.endswith("because no identity-based policy allows the secretsmanager:GetSecretValue action")
    allow(sandbox, {"Effect": "Allow", "Action": "secretsmanager:get*", "Resource": f"{SECRETS}:acme/*"})
    assert session.get_secret_value(SecretId="acme/orders")["SecretString"] == "acme/orders"
    sandbox.client("iam").delete_role_policy(RoleName="reader", PolicyName="read")
    refused(lambda: session.get_secret_value(SecretId="acme/orders"))


def test_a_policy_is_about_actions_and_secrets_and_a_deny_wins(sandbox: Sandbox, session: Any) -> None:
    read = {"Action": ["secretsmanager:GetSecretValue"]}
    allow(
        sandbox,
        {"Effect": "Allow", **read, "Resource": [f"{SECRETS}:acme/*"]},
        {"Effect": "Deny", **read, "Resource": f"{SECRETS}:acme/admin-??????"},
    )
    assert session.get_secret_value(SecretId="acme/orders")["SecretString"] == "acme/orders"
    refused(lambda: session.get_secret_value(SecretId="other/orders"))
    refused(lambda: session.describe_secret(SecretId="acme/orders"))
    refused(session.list_secrets)
    assert "explicit deny" in refused(lambda: session.get_secret_value(SecretId="acme/admin"))
    # Whether a secret exists is told only to those who may read it.
    refused(lambda: session.get_secret_value(SecretId="other/missing"))
    with pytest.raises(ClientError) as missing:
        session.get_secret_value(SecretId="acme/missing")
    assert missing.value.response["Error"]["Code"] == "ResourceNotFoundException"


def test_policies_of_the_account_count_and_what_a_statement_leaves_out(sandbox: Sandbox, session: Any) -> None:
    statement = {"Effect": "Allow", "NotAction": "secretsmanager:Delete*", "NotResource": f"{SECRETS}:acme/*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": statement})
    iam = sandbox.client("iam")
    arn = iam.create_policy(PolicyName="shared", PolicyDocument=document)["Policy"]["Arn"]
    iam.attach_role_policy(RoleName="reader", PolicyArn=arn)
    assert session.get_secret_value(SecretId="other/orders")["SecretString"] == "other/orders"
    refused(lambda: session.get_secret_value(SecretId="acme/orders"))
    refused(lambda: session.delete_secret(SecretId="other/orders"))


def test_a_user_is_not_judged(sandbox: Sandbox) -> None:
    secrets = sandbox.client("secretsmanager")
    secrets.create_secret(Name="acme/orders", SecretString="own")
    assert secrets.get_secret_value(SecretId="acme/orders")["SecretString"] == "own"
