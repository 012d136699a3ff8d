"""EKS's admission webhook, which tells pods where their credentials are.

Pods whose service account has a Pod Identity association get variables and a projected token, as documented at
https://docs.aws.amazon.com/eks/latest/userguide/pod-id-how-it-works.html
"""

from __future__ import annotations

import base64
import json
from typing import Any

from .eks.pod_identity import association_for
from .pod_credentials import AUDIENCE, HOST, PATH
from .world import World

VOLUME = "eks-pod-identity-token"
FOLDER = "/var/run/secrets/pods.eks.amazonaws.com/serviceaccount"
TOKEN_SECONDS = 24 * 3600


def review(world: World, region: str, request: dict[str, Any]) -> dict[str, Any]:
    """The `response` to an AdmissionReview of a pod."""
    response: dict[str, Any] = {"uid": request["uid"], "allowed": True}
    pod = request["object"]
    namespace = request.get("namespace", "")
    account = pod["spec"].get("serviceAccountName") or "default"
    with world.lock:
        clusters = list(world.eks.region(region).clusters.values())
        is_associated = any(association_for(cluster, namespace, account) for cluster in clusters)
    if not is_associated:
        return response
    patch = json.dumps(_patch(pod["spec"], region)).encode()
    return {**response, "patchType": "JSONPatch", "patch": base64.b64encode(patch).decode()}


def _patch(spec: dict[str, Any], region: str) -> list[dict[str, Any]]:
    """Replaces whole lists; what a pod sets by itself stays as it is."""
    changed: dict[str, Any] = {"volumes": _with(spec.get("volumes"), [_volume()])}
    variables = [
        {"name": name, "value": value}
        for name, value in {
            "AWS_STS_REGIONAL_ENDPOINTS": "regional",
            "AWS_DEFAULT_REGION": region,
            "AWS_REGION": region,
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"http://{HOST}{PATH}",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": f"{FOLDER}/{VOLUME}",
        }.items()
    ]
    mount = {"name": VOLUME, "mountPath": FOLDER, "readOnly": True}
    for kind in ("initContainers", "containers"):
        if spec.get(kind):
            changed[kind] = [
                {
                    **container,
                    "env": _with(container.get("env"), variables),
                    "volumeMounts": _with(container.get("volumeMounts"), [mount]),
                }
                for container in spec[kind]
            ]
    return [{"op": "add", "path": f"/spec/{name}", "value": value} for name, value in changed.items()]


def _with(known: list[dict[str, Any]] | None, more: list[dict[str, Any]]) -> list[dict[str, Any]]:
    names = {each["name"] for each in known or []}
    return [*(known or []), *(each for each in more if each["name"] not in names)]


def _volume() -> dict[str, Any]:
    token = {"audience": AUDIENCE, "expirationSeconds": TOKEN_SECONDS, "path": VOLUME}
    return {"name": VOLUME, "projected": {"sources": [{"serviceAccountToken": token}]}}
