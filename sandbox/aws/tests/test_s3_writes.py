"""Conditional writes as S3 decides them, and what a new bucket has."""

from __future__ import annotations

import json
import threading
from collections import Counter
from typing import Any

import pytest
from botocore.exceptions import ClientError

from emulator import s3_writes
from emulator.errors import AwsError
from emulator.wire import Call

from .conftest import ACCOUNT, REGION, Sandbox

BUCKET = "acme-eu-state"


def refused(call: Any) -> tuple[str, int]:
    with pytest.raises(ClientError) as caught:
        call()
    response = caught.value.response
    return response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]


def bucket(sandbox: Sandbox, versioned: bool = False, **more: Any) -> Any:
    s3 = sandbox.client("s3")
    tags = [{"Key": "gennet:platform", "Value": "acme"}]
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION, "Tags": tags}, **more)
    if versioned:
        s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    return s3


@pytest.mark.parametrize("versioned", [False, True])
def test_object_is_created_only_once(sandbox: Sandbox, versioned: bool) -> None:
    s3 = bucket(sandbox, versioned)
    first = s3.put_object(Bucket=BUCKET, Key="a/lease", Body=b"ann", IfNoneMatch="*")["ETag"]
    again = lambda: s3.put_object(Bucket=BUCKET, Key="a/lease", Body=b"bob", IfNoneMatch="*")  # noqa: E731
    assert refused(again) == ("PreconditionFailed", 412)
    assert s3.get_object(Bucket=BUCKET, Key="a/lease")["Body"].read() == b"ann"
    s3.delete_object(Bucket=BUCKET, Key="a/lease", IfMatch=first)
    # In a versioned bucket, the object is behind a delete marker now.
    again()
    assert s3.get_object(Bucket=BUCKET, Key="a/lease")["Body"].read() == b"bob"


@pytest.mark.parametrize("versioned", [False, True])
def test_object_is_replaced_and_deleted_only_as_it_was_read(sandbox: Sandbox, versioned: bool) -> None:
    s3 = bucket(sandbox, versioned)
    first = s3.put_object(Bucket=BUCKET, Key="lease", Body=b"1")["ETag"]
    second = s3.put_object(Bucket=BUCKET, Key="lease", Body=b"2", IfMatch=first)["ETag"]
    stale = {"Bucket": BUCKET, "Key": "lease", "IfMatch": first}
    assert refused(lambda: s3.put_object(Body=b"3", **stale)) == ("PreconditionFailed", 412)
    assert refused(lambda: s3.delete_object(**stale)) == ("PreconditionFailed", 412)
    deleted = s3.delete_object(Bucket=BUCKET, Key="lease", IfMatch=second)
    assert deleted.get("DeleteMarker", False) is versioned
    gone = {"Bucket": BUCKET, "Key": "lease", "IfMatch": second}
    assert refused(lambda: s3.put_object(Body=b"3", **gone)) == ("NoSuchKey", 404)
    assert refused(lambda: s3.delete_object(**gone)) == ("NoSuchKey", 404)
    versions = s3.list_object_versions(Bucket=BUCKET)
    assert len(versions.get("Versions", [])) == (2 if versioned else 0)


def test_condition_other_than_a_star_is_not_implemented(sandbox: Sandbox) -> None:
    s3 = bucket(sandbox)
    other = lambda: s3.put_object(Bucket=BUCKET, Key="a", Body=b"", IfNoneMatch='"abc"')  # noqa: E731
    assert refused(other) == ("NotImplemented", 501)


OVERTAKEN = [
    ({"IfNoneMatch": "*"}, "put", "ConditionalRequestConflict", 409),
    ({"IfMatch": "first"}, "put", "ConditionalRequestConflict", 409),
    ({"IfMatch": "first"}, "delete", "NoSuchKey", 404),
]


@pytest.mark.parametrize(("condition", "by", "code", "status"), OVERTAKEN)
def test_overtaken_write_is_not_decided(
    sandbox: Sandbox, condition: dict[str, str], by: str, code: str, status: int
) -> None:
    s3 = bucket(sandbox, versioned=True)
    if "IfMatch" in condition:
        s3.put_object(Bucket=BUCKET, Key="lease", Body=b"1")
    call = Call("s3", REGION, "rest-xml", "PutObject", params={"Bucket": BUCKET, "Key": "lease", **condition})
    arrived = s3_writes.arrive(call)
    s3_writes.check(call, arrived, ACCOUNT)
    if by == "put":
        s3.put_object(Bucket=BUCKET, Key="lease", Body=b"1")
    else:
        s3.delete_object(Bucket=BUCKET, Key="lease")
    with pytest.raises(AwsError) as caught:
        s3_writes.check(call, arrived, ACCOUNT)
    assert (caught.value.code, caught.value.status) == (code, status)


@pytest.mark.parametrize("versioned", [False, True])
def test_one_of_many_contenders_wins(sandbox: Sandbox, versioned: bool) -> None:
    s3 = bucket(sandbox, versioned)
    ended: Counter[str] = Counter()

    def contend(name: str) -> None:
        try:
            s3.put_object(Bucket=BUCKET, Key="lease", Body=name.encode(), IfNoneMatch="*")
            ended["won"] += 1
        except ClientError as error:
            ended[error.response["Error"]["Code"]] += 1

    threads = [threading.Thread(target=contend, args=(f"c{n}",)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ended["won"] == 1
    assert ended["PreconditionFailed"] + ended["ConditionalRequestConflict"] == 7


def test_bucket_of_another_account_is_not_used(sandbox: Sandbox) -> None:
    s3 = bucket(sandbox)
    s3.head_bucket(Bucket=BUCKET, ExpectedBucketOwner=ACCOUNT)
    other = {"Bucket": BUCKET, "ExpectedBucketOwner": "999999999999"}
    assert refused(lambda: s3.put_object(Key="a", Body=b"", **other)) == ("AccessDenied", 403)


def test_new_bucket_is_tagged_encrypted_and_closed(sandbox: Sandbox) -> None:
    s3 = bucket(sandbox)
    assert s3.get_bucket_tagging(Bucket=BUCKET)["TagSet"] == [{"Key": "gennet:platform", "Value": "acme"}]
    rules = s3.get_bucket_encryption(Bucket=BUCKET)["ServerSideEncryptionConfiguration"]["Rules"]
    assert [rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] for rule in rules] == ["AES256"]
    assert set(s3.get_public_access_block(Bucket=BUCKET)["PublicAccessBlockConfiguration"].values()) == {True}
    assert refused(lambda: bucket(sandbox)) == ("BucketAlreadyOwnedByYou", 409)


@pytest.mark.parametrize(("condition", "allowed"), [({"Bool": {"aws:SecureTransport": "false"}}, True), ({}, False)])
def test_policy_denies_what_it_names(sandbox: Sandbox, condition: dict[str, Any], allowed: bool) -> None:
    s3 = bucket(sandbox)
    arn = f"arn:aws:s3:::{BUCKET}"
    statement = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": f"{arn}/*", "Condition": condition}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    s3.put_bucket_policy(Bucket=BUCKET, Policy=policy)
    assert s3.get_bucket_policy(Bucket=BUCKET)["Policy"] == policy
    if allowed:
        assert s3.put_object(Bucket=BUCKET, Key="a", Body=b"")["ETag"]
    else:
        assert refused(lambda: s3.put_object(Bucket=BUCKET, Key="a", Body=b""))[1] == 403


def test_locked_object_keeps_its_version(sandbox: Sandbox) -> None:
    s3 = bucket(sandbox, ObjectLockEnabledForBucket=True)
    assert s3.get_bucket_versioning(Bucket=BUCKET)["Status"] == "Enabled"
    rule = {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 1}}
    s3.put_object_lock_configuration(
        Bucket=BUCKET, ObjectLockConfiguration={"ObjectLockEnabled": "Enabled", "Rule": rule}
    )
    version = s3.put_object(Bucket=BUCKET, Key="run", Body=b"x")["VersionId"]
    assert refused(lambda: s3.delete_object(Bucket=BUCKET, Key="run", VersionId=version)) == ("AccessDenied", 403)
