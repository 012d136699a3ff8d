"""The configuration file, and the process around it."""

from __future__ import annotations

import copy
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import boto3
import pytest
import requests

from emulator.config import ConfigError, parse

from .conftest import ACCOUNT, CONTROL, KEY, SECRET

GOOD: dict[str, Any] = {
    "listen": {"host": "127.0.0.1", "port": 0},
    "accountId": ACCOUNT,
    "credentials": {"accessKeyId": KEY, "secretAccessKey": SECRET},
    "clockScale": 60,
    "clusters": {
        "eu-west-1": {
            "endpoint": "https://127.0.0.1:6443",
            "certificateAuthority": "YWJj",
            "kubernetesVersion": "1.37",
            "issuer": "https://issuer.test",
        }
    },
}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("listen.host", "0.0.0.0"),
        ("listen.port", "80"),
        ("accountId", "1"),
        ("clockScale", 0),
        ("credentials.secretAccessKey", "short"),
        ("clusters.eu-west-1.certificateAuthority", "%%"),
        ("clusters.eu-west-1.kubernetesVersion", "1.37.2"),
        ("clusters.eu-west-1.admin", {"caFile": "/nowhere"}),
        ("stores", {"folder": "stores"}),
        ("stores", {"folder": "/stores", "postgresFolder": "/nowhere"}),
        ("colour", "red"),
    ],
)
def test_wrong_members_are_named(path: str, value: Any) -> None:
    broken = copy.deepcopy(GOOD)
    *parents, last = path.split(".")
    holder = broken
    for parent in parents:
        holder = holder[parent]
    holder[last] = value
    with pytest.raises(ConfigError) as caught:
        parse(broken)
    assert str(caught.value).startswith(path)
    assert SECRET not in str(caught.value)


def run(path: Path) -> subprocess.Popen[str]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("MOTO_")}
    environment["PYTHONPATH"] = str(Path(__file__).resolve().parent.parent)
    command = [sys.executable, "-m", "emulator", "--config", str(path)]
    return subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def test_open_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    path.write_text(json.dumps(GOOD))
    path.chmod(0o644)
    process = run(path)
    assert process.wait(10) == 2
    assert process.stderr
    assert "chmod 600" in process.stderr.read()


def test_process_starts_and_ends_quickly(tmp_path: Path) -> None:
    port = 41873
    path = tmp_path / "config.json"
    path.write_text(json.dumps({**GOOD, "listen": {"host": "127.0.0.1", "port": port}}))
    path.chmod(0o600)
    process = run(path)
    try:
        for _ in range(600):
            time.sleep(0.1)
            try:
                health = requests.get(f"http://127.0.0.1:{port}/_sandbox/health", headers=CONTROL).json()
                break
            except requests.ConnectionError:
                continue
        assert health["regions"] == ["eu-west-1"]
        iam = boto3.client(
            "iam",
            endpoint_url=f"http://127.0.0.1:{port}",
            region_name="us-east-1",
            aws_access_key_id=KEY,
            aws_secret_access_key=SECRET,
        )
        assert iam.get_policy(PolicyArn="arn:aws:iam::aws:policy/AmazonEKSClusterPolicy")["Policy"]["IsAttachable"]
    finally:
        started = time.monotonic()
        process.send_signal(signal.SIGTERM)
        assert process.wait(5) == 0
    assert time.monotonic() - started < 1
    assert process.stdout
    assert process.stdout.read() == ""
