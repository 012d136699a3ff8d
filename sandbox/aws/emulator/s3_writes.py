"""What S3 decides about writes and new buckets, where moto is kinder or knows less.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
"""

from __future__ import annotations

from typing import Any

from .errors import Answer, AwsError
from .wire import Call

CONDITIONAL = {"PutObject", "CompleteMultipartUpload", "DeleteObject"}


def arrive(call: Call) -> Any:
    """What a conditional write finds when it arrives, before it waits for its turn."""
    return _current(call) if _is_conditional(call) else None


def check(call: Call, arrived: Any, account_id: str) -> None:
    """Refuses a write that another one overtook: its condition may hold, but S3 does not decide it."""
    if call.service != "s3":
        return
    owner = call.params.get("ExpectedBucketOwner")
    if owner is not None and owner != account_id:
        raise AwsError("AccessDenied", "Access Denied", 403)
    if not _is_conditional(call):
        return
    if call.params.get("IfNoneMatch", "*") != "*":
        raise AwsError("NotImplemented", "A header you provided implies functionality that is not implemented.", 501)
    now = _current(call)
    if now is arrived:
        return
    if now is None and "IfMatch" in call.params:
        # Overtaken by a deletion, a condition on an ETag finds no key.
        raise AwsError("NoSuchKey", "The specified key does not exist.", 404)
    message = "The conditional request cannot succeed due to a conflicting operation against this resource."
    raise AwsError("ConditionalRequestConflict", message, 409)


def after(call: Call, answer: Answer) -> None:
    """Gives a new bucket its tags, and the encryption and the public access block that every new bucket has."""
    if (call.service, call.operation) != ("s3", "CreateBucket") or answer.status >= 300:
        return
    from moto.s3.models import PublicAccessBlock

    name = call.params["Bucket"]
    backend = _backend(name)
    bucket = backend.buckets[name]
    if bucket.encryption is None:
        rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}, "BucketKeyEnabled": "false"}
        bucket.encryption = {"Rule": rule}
    if bucket.public_access_block is None:
        bucket.public_access_block = PublicAccessBlock("true", "true", "true", "true")
    tags = call.params.get("CreateBucketConfiguration", {}).get("Tags", [])
    if tags:
        backend.put_bucket_tagging(name, {tag["Key"]: tag["Value"] for tag in tags})


def _is_conditional(call: Call) -> bool:
    conditions = {"IfMatch", "IfNoneMatch"} & call.params.keys()
    return call.service == "s3" and call.operation in CONDITIONAL and bool(conditions)


def _backend(bucket: str) -> Any:
    from moto.s3.models import s3_backends

    partition, account = s3_backends.bucket_accounts[bucket]
    return s3_backends[account][partition]


def _current(call: Call) -> Any:
    """The current version of the object itself, which every write replaces; None behind a delete marker."""
    from moto.s3.models import FakeKey, s3_backends

    name = call.params.get("Bucket", "")
    if name not in s3_backends.bucket_accounts:
        return None
    bucket = _backend(name).buckets.get(name)
    found = bucket.keys.get(call.params.get("Key", "")) if bucket else None
    return found if isinstance(found, FakeKey) else None
