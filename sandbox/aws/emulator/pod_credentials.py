"""EKS Pod Identity's agent, and the EKS Auth that it asks: credentials of a role for a service account's token.

The agent answers pods at one address of their node; the pods of a sandbox reach this one by that address.
https://docs.aws.amazon.com/eks/latest/userguide/pod-id-how-it-works.html
"""

from __future__ import annotations

import base64
import binascii
import json
import uuid
from typing import Any

from moto.sts.models import sts_backends

from . import identity
from .credentials import PARTITION
from .eks.pod_identity import association_for
from .eks.state import Cluster, Region
from .errors import Answer, AwsError
from .http_request import HttpRequest
from .kubernetes import Unreachable
from .refusals import refusal
from .world import World

HOST = "169.254.170.23"
PATH = "/v1/credentials"
AUDIENCE = "pods.eks.amazonaws.com"
AGENT = "eks-pod-identity-agent"
# As EKS gives them out; https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html names both actions.
VALID_SECONDS = 6 * 3600
ACTIONS = {"sts:AssumeRole", "sts:TagSession"}
ACCOUNT_PREFIX = "system:serviceaccount:"
POD_NAME = "authentication.kubernetes.io/pod-name"


class NoAgent(Exception):
    """Nothing listens at the agent's address: the cluster has neither the add-on nor Auto Mode."""


def is_for_agent(request: HttpRequest) -> bool:
    return (request.header("host") or "").removesuffix(":80") == HOST


class PodCredentials:
    def __init__(self, world: World) -> None:
        self._world = world

    def answer(self, request: HttpRequest) -> Answer:
        token = request.header("authorization") or ""
        region = self._region_of(token)
        entry = self._world.requests.add(
            time=self._world.clock.now().isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            service="eks-auth",
            operation="AssumeRoleForPodIdentity",
            region=region or "",
            mutating=False,
        )
        try:
            answer = self._credentials(request, token, region)
        except AwsError as error:
            entry.errorCode = error.code
            text = f"({error.code}): {error.message}\n"
            answer = Answer(error.status, text.encode(), [("Content-Type", "text/plain; charset=utf-8")], error.code)
        entry.status = answer.status
        return answer

    def _region_of(self, token: str) -> str | None:
        """The region whose API server says that it signed the token, which is not yet known to be true."""
        try:
            payload = token.split(".")[1]
            claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
            issuer = claims["iss"]
        except (IndexError, ValueError, KeyError, TypeError, binascii.Error):
            return None
        planes = self._world.config.control_planes
        return next((name for name, plane in planes.items() if plane.issuer == issuer), None)

    def _credentials(self, request: HttpRequest, token: str, name: str | None) -> Answer:
        if request.method != "GET" or request.raw_path != PATH:
            raise AwsError("NotFound", "The agent answers GET /v1/credentials only.", 404)
        if name is None:
            raise refusal("eks-auth", "InvalidTokenException", "The token is not one of a service account.")
        region = self._world.eks.region(name)
        # Without the lock: the API server may ask this process about the same token.
        namespace, account, pod = self._subject(name, token)
        with self._world.lock:
            self._world.timeline.run_due()
            cluster = next((each for each in region.clusters.values() if each.status != "CREATING"), None)
            if cluster is None or not _has_agent(cluster):
                raise NoAgent
            role = _role_for(region, cluster, namespace, account)
            session = f"eks-{cluster.name[:10]}-{pod[:10]}-{uuid.uuid4()}"
            assumed = sts_backends[region.account][PARTITION].assume_role(
                region_name=name,
                role_session_name=session,
                role_arn=role,
                policy="",
                duration=VALID_SECONDS,
                external_id="",
            )
        body = {
            "AccessKeyId": assumed.access_key_id,
            "SecretAccessKey": assumed.secret_access_key,
            "Token": assumed.session_token,
            "AccountId": region.account,
            "Expiration": assumed.expiration.strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
        return Answer(200, json.dumps(body).encode(), [("Content-Type", "application/json")])

    def _subject(self, region: str, token: str) -> tuple[str, str, str]:
        """Namespace, service account and pod of a token that the region's API server has confirmed."""
        try:
            status = self._world.writers[region].review_token(token, AUDIENCE)
        except Unreachable as error:
            raise refusal("eks-auth", "ServiceUnavailableException", f"The cluster does not answer: {error}") from error
        user = status.get("user", {})
        name = str(user.get("username", ""))
        if not status.get("authenticated") or not name.startswith(ACCOUNT_PREFIX):
            reason = status.get("error") or "it is not one of a service account"
            raise refusal("eks-auth", "InvalidTokenException", f"The token is not valid: {reason}")
        namespace, _, account = name.removeprefix(ACCOUNT_PREFIX).partition(":")
        pods = user.get("extra", {}).get(POD_NAME) or [account]
        return namespace, account, pods[0]


def _has_agent(cluster: Cluster) -> bool:
    addon = cluster.addons.get(AGENT)
    auto = cluster.data.get("computeConfig", {}).get("enabled", False)
    return bool(auto) or (addon is not None and addon.status in ("ACTIVE", "UPDATING", "DEGRADED"))


def _role_for(region: Region, cluster: Cluster, namespace: str, account: str) -> str:
    """The role whose credentials the pod gets: the association's, or the one that this has to assume in turn."""
    association = association_for(cluster, namespace, account)
    if association is None:
        raise refusal(
            "eks-auth",
            "ResourceNotFoundException",
            f"No association found for service account {account} in namespace {namespace} of cluster {cluster.name}",
        )
    arn = association["roleArn"]
    role: Any = identity.find_role(region.account, arn)
    if role is None or not identity.trusts(role, "Service", {AUDIENCE}, ACTIONS):
        raise _denied(arn)
    target = association.get("targetRoleArn")
    if not target:
        return arn
    root = f"arn:{PARTITION}:iam::{region.account}:root"
    chained = identity.find_role(region.account, target)
    if chained is None or not identity.trusts(chained, "AWS", {arn, root, region.account}, ACTIONS):
        raise _denied(target)
    return target


def _denied(arn: str) -> AwsError:
    return refusal(
        "eks-auth",
        "AccessDeniedException",
        f"Unauthorized Exception! EKS does not have permissions to assume the associated role: {arn}",
    )
