"""Faults, the request log, and who may reach them."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import Any

import pytest
import requests
from botocore.exceptions import ClientError, HTTPClientError

from .conftest import CONTROL, Sandbox


def code_of(call: Any) -> tuple[str, int]:
    with pytest.raises(ClientError) as caught:
        call()
    response = caught.value.response
    return response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]


def rule(sandbox: Sandbox, **spec: Any) -> str:
    return sandbox.control("POST", "/faults", spec)["id"]


def test_throttle_in_each_protocol(sandbox: Sandbox) -> None:
    rule(sandbox, action="throttle", times=None)
    assert code_of(lambda: sandbox.client("ec2").describe_vpcs()) == ("RequestLimitExceeded", 503)
    assert code_of(lambda: sandbox.client("iam").list_roles()) == ("Throttling", 400)
    assert code_of(lambda: sandbox.client("eks").list_clusters()) == ("ThrottlingException", 429)
    assert code_of(lambda: sandbox.client("secretsmanager").list_secrets()) == ("ThrottlingException", 400)
    assert code_of(lambda: sandbox.client("s3").list_buckets()) == ("SlowDown", 503)


def test_an_sdk_retries_throttling(sandbox: Sandbox) -> None:
    rule(sandbox, action="throttle", service="eks", times=1)
    assert sandbox.client("eks", attempts=3).list_clusters()["clusters"] == []


def test_after_times_and_filters(sandbox: Sandbox) -> None:
    eks, ec2 = sandbox.client("eks"), sandbox.client("ec2")
    identifier = rule(sandbox, action="error", service="ec2", mutating=True, after=1, times=1)
    ec2.describe_vpcs()
    eks.list_clusters()
    ec2.create_vpc(CidrBlock="10.1.0.0/16")
    assert code_of(lambda: ec2.create_vpc(CidrBlock="10.2.0.0/16")) == ("InternalError", 500)
    ec2.create_vpc(CidrBlock="10.3.0.0/16")
    listed = sandbox.control("GET", "/faults")["items"]
    assert [(item["id"], item["hits"], item["seen"]) for item in listed] == [(identifier, 1, 3)]
    sandbox.control("DELETE", f"/faults/{identifier}")
    assert sandbox.control("GET", "/faults")["items"] == []


def test_own_code_and_status(sandbox: Sandbox) -> None:
    rule(sandbox, action="error", operation="ListClusters", code="ServiceUnavailableException", status=503)
    assert code_of(lambda: sandbox.client("eks").list_clusters()) == ("ServiceUnavailableException", 503)


@pytest.mark.parametrize(("action", "made"), [("drop", 0), ("drop-after", 1)])
def test_dropped_connections(sandbox: Sandbox, action: str, made: int) -> None:
    ec2 = sandbox.client("ec2")
    before = len(ec2.describe_vpcs()["Vpcs"])
    rule(sandbox, action=action, operation="CreateVpc")
    with pytest.raises(HTTPClientError):
        ec2.create_vpc(CidrBlock="10.1.0.0/16")
    assert len(ec2.describe_vpcs()["Vpcs"]) == before + made
    faults = [item.get("fault") for item in sandbox.control("GET", "/requests")["items"][-2:]]
    assert faults == [action, None]


def test_delay(sandbox: Sandbox) -> None:
    rule(sandbox, action="delay", delayMs=300)
    started = time.monotonic()
    sandbox.client("eks").list_clusters()
    assert time.monotonic() - started >= 0.3


@pytest.mark.parametrize(("when", "made"), [("before", 0), ("after-success", 1)])
def test_kill(sandbox: Sandbox, when: str, made: int) -> None:
    victim = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    ec2 = sandbox.client("ec2")
    before = len(ec2.describe_vpcs()["Vpcs"])
    rule(sandbox, action="kill", operation="CreateVpc", pid=victim.pid, when=when)
    with pytest.raises(HTTPClientError):
        ec2.create_vpc(CidrBlock="10.1.0.0/16")
    assert victim.wait(5) == -9
    assert len(ec2.describe_vpcs()["Vpcs"]) == before + made


@pytest.mark.parametrize(
    "spec",
    [
        {"action": "explode"},
        {"action": "error", "colour": "red"},
        {"action": "error", "times": "many"},
        {"action": "kill"},
        {"action": "kill", "pid": 1},
        {"action": "kill", "pid": os.getpid()},
        {"action": "kill", "pid": 2**22 + 1},
        [],
    ],
)
def test_bad_rules(sandbox: Sandbox, spec: Any) -> None:
    assert requests.post(f"{sandbox.url}/_sandbox/faults", json=spec, headers=CONTROL).status_code == 400


def test_control_is_closed_to_web_pages(sandbox: Sandbox) -> None:
    url = f"{sandbox.url}/_sandbox/health"
    assert requests.get(url).status_code == 403
    assert requests.get(url, headers={**CONTROL, "Host": "evil.test"}).status_code == 403
    assert (
        requests.options(url, headers={"Origin": "https://evil.test"}).headers.get("Access-Control-Allow-Origin")
        is None
    )
    assert requests.get(url, headers=CONTROL).json()["status"] == "ok"
    assert requests.post(f"{sandbox.url}/moto-api/reset").status_code == 403


def test_request_log(sandbox: Sandbox) -> None:
    start = sandbox.control("GET", "/requests")["next"]
    sandbox.client("eks").list_clusters()
    code_of(lambda: sandbox.client("eks").describe_cluster(name="x"))
    answer = sandbox.control("GET", f"/requests?since={start}")
    first, second = answer["items"]
    assert (first["service"], first["operation"], first["region"]) == ("eks", "ListClusters", "eu-west-1")
    assert (first["mutating"], first["status"]) == (False, 200)
    assert (second["status"], second["errorCode"]) == (404, "ResourceNotFoundException")
    assert answer["next"] == start + 2


def test_reset(sandbox: Sandbox) -> None:
    sandbox.client("iam").create_user(UserName="ann")
    rule(sandbox, action="throttle")
    sandbox.control("POST", "/reset")
    assert [u["UserName"] for u in sandbox.client("iam").list_users()["Users"]] == ["gennet"]
