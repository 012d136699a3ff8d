"""Every request is signed by a known key, or it is refused as AWS would."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
import requests
from botocore.exceptions import ClientError

from .conftest import ACCOUNT, KEY, SECRET, Sandbox

JSON_CALLS = [("secretsmanager", "list_secrets"), ("eks", "list_clusters")]


def code_of(client: Any, method: str) -> str:
    with pytest.raises(ClientError) as caught:
        getattr(client, method)()
    return caught.value.response["Error"]["Code"]


def test_caller_identity_is_the_callers(sandbox: Sandbox) -> None:
    identity = sandbox.client("sts").get_caller_identity()
    assert identity["Arn"] == f"arn:aws:iam::{ACCOUNT}:user/gennet"
    assert identity["Account"] == ACCOUNT
    assert sandbox.client("iam").get_user()["User"]["UserName"] == "gennet"


def test_wrong_secret(sandbox: Sandbox) -> None:
    wrong = {"secret": "not-the-secret-of-this-key"}
    assert code_of(sandbox.client("sts", **wrong), "get_caller_identity") == "SignatureDoesNotMatch"
    assert code_of(sandbox.client("ec2", **wrong), "describe_vpcs") == "SignatureDoesNotMatch"
    for service, method in JSON_CALLS:
        assert code_of(sandbox.client(service, **wrong), method) == "InvalidSignatureException"
    assert code_of(sandbox.client("s3", **wrong), "list_buckets") == "SignatureDoesNotMatch"


def test_unknown_key(sandbox: Sandbox) -> None:
    unknown = {"key": "AKIAUNKNOWN000000000"}
    assert code_of(sandbox.client("sts", **unknown), "get_caller_identity") == "InvalidClientTokenId"
    assert code_of(sandbox.client("ec2", **unknown), "describe_vpcs") == "AuthFailure"
    for service, method in JSON_CALLS:
        assert code_of(sandbox.client(service, **unknown), method) == "UnrecognizedClientException"


def test_expired_key(sandbox: Sandbox) -> None:
    sandbox.control("POST", "/credentials/expire", {"accessKeyId": KEY})
    assert code_of(sandbox.client("sts"), "get_caller_identity") == "ExpiredToken"
    assert code_of(sandbox.client("ec2"), "describe_vpcs") == "RequestExpired"
    for service, method in JSON_CALLS:
        assert code_of(sandbox.client(service), method) == "ExpiredTokenException"


def test_unsigned(sandbox: Sandbox) -> None:
    answer = requests.get(f"{sandbox.url}/clusters")
    assert answer.status_code == 403


def test_changed_body(sandbox: Sandbox) -> None:
    client = sandbox.client("eks")

    def change(request: Any, **_: Any) -> None:
        request.body = b'{"name": "other"}'

    client.meta.events.register("before-send.*", change)
    try:
        assert code_of(client, "list_clusters") == "InvalidSignatureException"
    finally:
        client.meta.events.unregister("before-send.*", change)


def test_signature_of_yesterday(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    old = sandbox.world.clock.now
    monkeypatch.setattr(sandbox.world.clock, "now", lambda: old() + timedelta(minutes=16))
    assert code_of(sandbox.client("eks"), "list_clusters") == "InvalidSignatureException"


def test_key_made_by_iam(sandbox: Sandbox) -> None:
    iam = sandbox.client("iam")
    iam.create_user(UserName="ann")
    key = iam.create_access_key(UserName="ann")["AccessKey"]
    own = {"key": key["AccessKeyId"], "secret": key["SecretAccessKey"]}
    assert sandbox.client("sts", **own).get_caller_identity()["Arn"].endswith(":user/ann")
    iam.update_access_key(UserName="ann", AccessKeyId=key["AccessKeyId"], Status="Inactive")
    assert code_of(sandbox.client("sts", **own), "get_caller_identity") == "InvalidClientTokenId"


def test_assumed_role(sandbox: Sandbox) -> None:
    arn = sandbox.role("deployer")
    given = sandbox.client("sts").assume_role(RoleArn=arn, RoleSessionName="ann")["Credentials"]
    assert isinstance(given["Expiration"], datetime)
    own = {"key": given["AccessKeyId"], "secret": given["SecretAccessKey"]}
    token = {"aws_session_token": given["SessionToken"]}
    identity = sandbox.client("sts", **own, **token).get_caller_identity()
    assert identity["Arn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/deployer/ann"
    assert code_of(sandbox.client("sts", **own), "get_caller_identity") == "InvalidClientTokenId"
    wrong = {"aws_session_token": "another"}
    assert code_of(sandbox.client("eks", **own, **wrong), "list_clusters") == "UnrecognizedClientException"
    sandbox.control("POST", "/credentials/expire", {"accessKeyId": given["AccessKeyId"]})
    assert code_of(sandbox.client("eks", **own, **token), "list_clusters") == "ExpiredTokenException"


def test_role_that_is_missing_or_closed(sandbox: Sandbox) -> None:
    closed = sandbox.role("closed", "ec2.amazonaws.com")
    for arn in (closed, f"arn:aws:iam::{ACCOUNT}:role/missing"):
        with pytest.raises(ClientError, match="AccessDenied"):
            sandbox.client("sts").assume_role(RoleArn=arn, RoleSessionName="ann")


def test_presigned(sandbox: Sandbox) -> None:
    url = sandbox.client("sts").generate_presigned_url("get_caller_identity", ExpiresIn=60, HttpMethod="GET")
    answer = requests.get(url)
    assert answer.status_code == 200
    assert "user/gennet" in answer.text
    assert requests.get(url.replace("X-Amz-Signature=", "X-Amz-Signature=0")).status_code == 403
    wrong = sandbox.client("sts", secret=SECRET + "x").generate_presigned_url("get_caller_identity", HttpMethod="GET")
    assert "SignatureDoesNotMatch" in requests.get(wrong).text


def test_presigned_object(sandbox: Sandbox) -> None:
    s3 = sandbox.client("s3", "us-east-1")
    s3.create_bucket(Bucket="bucket-2")
    s3.put_object(Bucket="bucket-2", Key="k", Body=b"v")
    url = s3.generate_presigned_url("get_object", Params={"Bucket": "bucket-2", "Key": "k"})
    assert requests.get(url).content == b"v"
