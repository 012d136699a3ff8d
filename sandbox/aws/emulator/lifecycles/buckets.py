"""Bucket policies: moto ignores their conditions, so a policy that only denies requests without TLS would deny all."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from moto.s3.models import FakeBucket

from .steps import Steps


def wrap(steps: Steps) -> None:
    def get_permission(original: Callable[..., Any], bucket: Any, action: str, resource: str) -> Any:
        policy = bucket.policy
        if policy is None:
            return original(bucket, action, resource)
        document = json.loads(policy)
        applying = [each for each in document.get("Statement", []) if not _is_without_tls(each)]
        bucket.policy = json.dumps({**document, "Statement": applying}).encode()
        try:
            return original(bucket, action, resource)
        finally:
            bucket.policy = policy

    steps.wrap(FakeBucket, "get_permission", get_permission)


def _is_without_tls(statement: dict[str, Any]) -> bool:
    """Every request of a sandbox counts as one with TLS: its endpoint stands for one that has it."""
    secure = statement.get("Condition", {}).get("Bool", {}).get("aws:SecureTransport")
    return str(secure).lower() == "false"
