"""One emulator for all tests, over HTTP, with a clock that only moves when a test says so."""

from __future__ import annotations

import json
import os
import socket
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import boto3
import pytest
import requests
from botocore.config import Config as BotoConfig

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ["AWS_EC2_METADATA_DISABLED"] = "true"

from emulator import upstream

ACCOUNT = "123456789012"
upstream.prepare(ACCOUNT)
# A thousand managed policies take a fifth of a second at every reset; test_config has a process with them.
os.environ["MOTO_IAM_LOAD_MANAGED_POLICIES"] = "false"

from emulator import authenticator, config, server  # noqa: E402
from emulator.world import World  # noqa: E402

from .certificates import write_certificates  # noqa: E402

KEY, SECRET = "AKIASANDBOXGENNET001", "a-secret-of-the-tests-0123456789"
REGION = "eu-west-1"
CONTROL = {"X-Gennet-Sandbox": "1"}


class ManualClock:
    scale = 1.0

    def __init__(self) -> None:
        self.seconds = 0.0

    def elapsed(self) -> float:
        return self.seconds

    def now(self) -> datetime:
        return datetime.now(UTC)


class FakeKubernetes(ThreadingHTTPServer):
    """Keeps what it is sent, by path; answers 503 while `broken`. Deployments run while `schedules`.

    It knows the tokens in `reviews`, each with the status of its TokenReview.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _KubernetesHandler)
        self.objects: dict[str, Any] = {}
        self.broken = False
        self.schedules = True
        self.reviews: dict[tuple[str, str], Any] = {}


class _KubernetesHandler(BaseHTTPRequestHandler):
    def _handle(self) -> None:
        fake: Any = self.server
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path = self.path.split("?")[0]
        if fake.broken:
            self._answer(503)
        elif self.command == "GET":
            found = fake.objects.get(path)
            replicas = found["spec"].get("replicas", 1) if found and fake.schedules else 0
            self._answer(200 if found else 404, {**(found or {}), "status": {"availableReplicas": replicas}})
        elif self.command == "DELETE":
            self._answer(200 if fake.objects.pop(path, None) else 404)
        elif self.command == "POST" and path.endswith("/tokenreviews"):
            asked = json.loads(body)["spec"]
            known = fake.reviews.get((asked["token"], *asked["audiences"]))
            self._answer(201, {"status": known or {"authenticated": False}})
        elif self.command == "POST":
            value = json.loads(body)
            path = f"{path}/{value['metadata']['name']}"
            if path in fake.objects:
                self._answer(409)
            else:
                fake.objects[path] = value
                self._answer(201)
        else:
            fake.objects[path] = _merged(fake.objects.get(path, {}), json.loads(body))
            self._answer(200)

    do_GET = do_POST = do_PATCH = do_DELETE = _handle

    def _answer(self, status: int, value: dict[str, Any] | None = None) -> None:
        body = json.dumps(value or {}).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        pass


def _merged(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    both = {k: _merged(old[k], v) for k, v in new.items() if isinstance(v, dict) and isinstance(old.get(k), dict)}
    return {**old, **new, **both}


class Endpoint:
    """An AWS endpoint, in this process or another one."""

    def __init__(self, url: str, files: Path) -> None:
        self.url = url
        self.files = files
        self._session = boto3.session.Session()
        self._clients: dict[Any, Any] = {}

    def client(self, service: str, region: str = REGION, key: str = KEY, secret: str = SECRET, **more: Any) -> Any:
        """Clients are kept: making one takes longer than most tests."""
        identity = (service, region, key, secret, *sorted(more.items()))
        if identity not in self._clients:
            settings = BotoConfig(
                retries={"total_max_attempts": more.pop("attempts", 1)},
                parameter_validation=False,
                s3={"addressing_style": "path"},
                # boto3 would presign in version 2, which AWS has switched off for new buckets.
                **({"signature_version": "s3v4"} if service == "s3" else {}),
            )
            self._clients[identity] = self._session.client(
                service,
                region_name=region,
                endpoint_url=self.url,
                aws_access_key_id=key,
                aws_secret_access_key=secret,
                config=settings,
                **more,
            )
        return self._clients[identity]

    def network(self, region: str = REGION) -> dict[str, Any]:
        ec2 = self.client("ec2", region)
        vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
        made = [
            ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{n}.0/24", AvailabilityZone=region + zone)["Subnet"]
            for n, zone in enumerate("ab")
        ]
        return {"vpc": vpc, "subnets": [subnet["SubnetId"] for subnet in made]}

    def control(self, method: str, path: str, body: Any = None) -> Any:
        answer = requests.request(method, f"{self.url}/_sandbox{path}", json=body, headers=CONTROL)
        assert answer.status_code < 300, answer.text
        return answer.json()


class Sandbox(Endpoint):
    def __init__(self, world: World, kubernetes: FakeKubernetes, files: Path) -> None:
        super().__init__(f"http://127.0.0.1:{world.port}", files)
        self.world = world
        self.kubernetes = kubernetes

    def advance(self, seconds: float) -> None:
        """Moves AWS's time, and lets every step in between happen at its own moment."""
        clock: Any = self.world.clock
        end = clock.seconds + seconds
        while clock.seconds < end:
            clock.seconds = min(end, clock.seconds + 10)
            self.world.timeline.run_due()

    def settle(self) -> dict[str, Any]:
        """Kubernetes' objects once everything is written."""
        for _ in range(200):
            if not self.world.pending_writes():
                break
            threading.Event().wait(0.02)
        return self.kubernetes.objects

    def role(self, name: str, service: str | None = None) -> str:
        principal = {"Service": service} if service else {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
        statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        return self.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=policy)["Role"]["Arn"]

    def cluster(self, name: str = "c1", **more: Any) -> dict[str, Any]:
        """An ACTIVE cluster and what it stands on."""
        parts = self.network()
        parts["role"] = self.role("cluster", "eks.amazonaws.com")
        parts["node_role"] = self.role("node", "ec2.amazonaws.com")
        self.client("eks").create_cluster(
            name=name,
            roleArn=parts["role"],
            resourcesVpcConfig={"subnetIds": parts["subnets"]},
            **{"accessConfig": {"authenticationMode": "API"}, **more},
        )
        self.advance(560)
        return parts


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoint]:
    """An emulator with real servers; skipped without their programs."""
    from . import real_servers

    yield from real_servers.start(tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    files = tmp_path_factory.mktemp("sandbox")
    write_certificates(files)
    kubernetes = FakeKubernetes()
    threading.Thread(target=kubernetes.serve_forever, daemon=True).start()
    pem = {name: str(files / f"{name}.pem") for name in ("cert", "key")}
    settings = config.parse(
        {
            "listen": {"host": "127.0.0.1", "port": 0},
            "authenticator": {"port": 0, "caFile": pem["cert"], "certFile": pem["cert"], "keyFile": pem["key"]},
            "accountId": ACCOUNT,
            "credentials": {"accessKeyId": KEY, "secretAccessKey": SECRET},
            "clockScale": 60,
            "clusters": {
                REGION: {
                    "endpoint": f"http://127.0.0.1:{kubernetes.server_port}",
                    "certificateAuthority": "YWJj",
                    "kubernetesVersion": "1.37",
                    "issuer": "https://oidc.sandbox.test/id/1",
                    "admin": {"caFile": pem["cert"], "certFile": pem["cert"], "keyFile": pem["key"]},
                }
            },
        }
    )
    world = World(settings, ManualClock())
    http = server.make(world)
    webhook = authenticator.start(world)
    assert webhook
    world.start()
    threading.Thread(target=http.serve_forever, daemon=True).start()
    sandbox = Sandbox(world, kubernetes, files)
    sandbox.webhook = f"https://127.0.0.1:{webhook.server_port}"  # type: ignore[attr-defined]
    yield sandbox
    webhook.shutdown()
    http.shutdown()


@pytest.fixture
def sandbox(running: Sandbox) -> Iterator[Sandbox]:
    yield running
    running.kubernetes.broken = False
    running.control("POST", "/reset")
    running.settle()
    running.kubernetes.objects.clear()
    running.kubernetes.reviews.clear()


def _is_here(host: str) -> bool:
    return host in ("::1", "localhost") or host.startswith("127.")


@pytest.fixture(scope="session", autouse=True)
def offline() -> Iterator[None]:
    """Whoever tries to leave this machine fails the test."""
    original = socket.socket.connect

    def connect(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not _is_here(address[0]):
            raise AssertionError(f"a connection to {address[0]}")
        original(self, address)

    socket.socket.connect = connect  # type: ignore[method-assign]
    yield
    socket.socket.connect = original  # type: ignore[method-assign]
