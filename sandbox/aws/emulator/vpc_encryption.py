"""VPC encryption controls: no VPC has one, as in an account that has never made any. moto does not know them."""

from __future__ import annotations

from typing import Any

from moto.ec2.models import ec2_backends

from .errors import AwsError
from .wire import Call


def answer(call: Call, account: str) -> dict[str, Any] | None:
    if call.operation != "DescribeVpcEncryptionControls":
        return None
    known = ec2_backends[account][call.region].vpcs
    for identifier in call.params.get("VpcIds", []):
        if identifier not in known:
            raise AwsError("InvalidVpcID.NotFound", f"The vpc ID '{identifier}' does not exist", 400)
    return {"VpcEncryptionControls": []}
