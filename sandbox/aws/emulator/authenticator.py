"""EKS's authenticator: kube-apiserver's token webhook, which knows callers by their signed STS request.

The same server answers EKS's admission webhook for pods.
"""

from __future__ import annotations

import base64
import binascii
import json
import logging
import ssl
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from . import pod_identity_webhook, signature
from .credentials import Principal
from .eks import pod_webhook
from .eks.state import Cluster
from .http_request import HttpRequest
from .world import World

log = logging.getLogger(__name__)
PREFIX = "k8s-aws-v1."
CLUSTER_HEADER = "x-k8s-aws-id"
MAX_EXPIRES = 15 * 60
VALID_FOR = timedelta(minutes=15)
MAX_BODY = 1 << 20


class Denied(Exception):
    """The token proves nothing, or nobody the cluster knows; the text says which."""


def review(world: World, region: str, token: str) -> dict[str, Any]:
    """The `status` of a TokenReview."""
    try:
        with world.lock:
            world.timeline.run_due()
            return {"authenticated": True, "user": _user(world, region, token)}
    except Denied as denied:
        return {"authenticated": False, "error": str(denied)}


def _user(world: World, region: str, token: str) -> dict[str, Any]:
    # The cluster's name is not in the token, only in what was signed: each cluster tries its own.
    running = [c for c in world.eks.region(region).clusters.values() if c.status != "CREATING"]
    if not running:
        raise Denied(f"no cluster is running in {region}")
    return _mapped(running[0], _prove(world, token, running[0].name))


def _prove(world: World, token: str, cluster_name: str) -> Principal:
    if not token.startswith(PREFIX):
        raise Denied("not an EKS token")
    encoded = token.removeprefix(PREFIX)
    try:
        url = base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)).decode()
        split = urlsplit(url)
    except (binascii.Error, UnicodeDecodeError, ValueError) as error:
        raise Denied("the token is not base64url of a URL") from error
    query = {name.lower(): values[0] for name, values in parse_qs(split.query).items()}
    if split.scheme not in ("http", "https") or split.path not in ("", "/"):
        raise Denied("the token's URL is not one of STS")
    if query.get("action") != "GetCallerIdentity":
        raise Denied("the token is not a request for the caller's identity")
    headers = {"host": split.netloc, CLUSTER_HEADER: cluster_name}
    return _verified(world, HttpRequest("GET", split.path or "/", split.query, headers, b"", "127.0.0.1"))


def _verified(world: World, request: HttpRequest) -> Principal:
    try:
        stated = signature.claim(request)
    except signature.Refused as refused:
        raise Denied(str(refused)) from refused
    if stated is None or not stated.presigned:
        raise Denied("the token's URL is not presigned")
    if set(stated.signed_headers) != {"host", CLUSTER_HEADER}:
        raise Denied(f"host and {CLUSTER_HEADER} must be the signed headers")
    if not 0 < stated.expires <= MAX_EXPIRES:
        raise Denied("X-Amz-Expires is out of range")
    now = world.clock.now()
    try:
        signed_at = datetime.strptime(stated.timestamp, signature.TIME_FORMAT).replace(tzinfo=UTC)
    except ValueError as error:
        raise Denied("X-Amz-Date is not a time") from error
    if not signed_at - signature.MAX_SKEW <= now <= signed_at + VALID_FOR:
        raise Denied("the token has expired")
    try:
        # The authenticator has its own idea of how long a token is good, so STS's is not asked.
        return signature.verify(request, stated, world.credentials, signed_at).principal
    except signature.Refused as refused:
        if refused.reason == "mismatch":
            raise Denied("the token is not for this cluster, or its signature is wrong") from refused
        raise Denied(str(refused)) from refused


def _mapped(cluster: Cluster, principal: Principal) -> dict[str, Any]:
    entry = cluster.entries.get(principal.entry_arn) if cluster.mode != "CONFIG_MAP" else None
    extra = {"arn": [principal.arn], "canonicalArn": [principal.entry_arn], "sessionName": [principal.session_name]}
    uid = f"aws-iam-authenticator:{principal.account}:{principal.user_id}"
    if entry is None:
        if cluster.hidden_admin and principal.entry_arn == cluster.creator.entry_arn:
            return {"username": "kubernetes-admin", "uid": uid, "groups": ["system:masters"], "extra": extra}
        raise Denied(f"{principal.entry_arn} has no access entry in cluster {cluster.name}")
    username = entry.data["username"].replace("{{SessionName}}", principal.session_name.replace("@", "-"))
    groups = [*entry.data["kubernetesGroups"], *([entry.group] if entry.policies else [])]
    return {"username": username, "uid": uid, "groups": groups, "extra": extra}


class _Handler(BaseHTTPRequestHandler):
    world: World
    protocol_version = "HTTP/1.1"
    timeout = 60

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        kind, _, region = self.path.split("?")[0].rpartition("/")
        reviews = {"/token": self._review_token, pod_webhook.PATH: self._review_pod}
        if length > MAX_BODY or kind not in reviews or region not in self.world.config.control_planes:
            self._send(404, {"error": "no such path"})
            self.close_connection = True
            return
        try:
            body = json.loads(self.rfile.read(length))
            answer = reviews[kind](region, body)
        except (ValueError, KeyError, TypeError, AttributeError, AssertionError):
            self._send(400, {"error": "not a review of that kind"})
            return
        self._send(200, answer)

    def _review_token(self, region: str, body: dict[str, Any]) -> dict[str, Any]:
        token = body["spec"]["token"]
        assert isinstance(token, str)
        status = review(self.world, region, token)
        return {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenReview", "status": status}

    def _review_pod(self, region: str, body: dict[str, Any]) -> dict[str, Any]:
        response = pod_identity_webhook.review(self.world, region, body["request"])
        return {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "response": response}

    def _send(self, status: int, body: dict[str, Any]) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: Any) -> None:
        log.debug(format, *args)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    context: ssl.SSLContext

    def finish_request(self, request: Any, client_address: Any) -> None:
        # The handshake happens in the connection's own thread: a silent client must not stop everybody.
        request.settimeout(10)
        try:
            secured = self.context.wrap_socket(request, server_side=True)
        except (ssl.SSLError, OSError):
            return
        try:
            super().finish_request(secured, client_address)
        finally:
            secured.close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        log.debug("an authenticator connection broke")


def start(world: World) -> ThreadingHTTPServer | None:
    settings = world.config.authenticator
    if settings is None:
        return None
    server = _Server((world.config.host, settings.port), type("Handler", (_Handler,), {"world": world}))
    server.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.context.load_cert_chain(settings.cert_file, settings.key_file)
    threading.Thread(target=server.serve_forever, name="authenticator", daemon=True).start()
    return server
