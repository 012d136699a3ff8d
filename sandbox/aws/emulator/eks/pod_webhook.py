"""The configuration of EKS's admission webhook for pods; pod_identity_webhook.py answers it."""

from __future__ import annotations

import base64
from pathlib import Path

from ..config import Authenticator
from ..kubernetes import Writer

PATH = "/pod-identity"
CONFIGURATION = "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/pod-identity-webhook"


def apply(writer: Writer, region: str, settings: Authenticator) -> None:
    """EKS installs it in every cluster."""
    authority = base64.b64encode(Path(settings.ca_file).read_bytes()).decode()
    writer.apply(
        CONFIGURATION,
        {
            "apiVersion": "admissionregistration.k8s.io/v1",
            "kind": "MutatingWebhookConfiguration",
            "metadata": {"name": "pod-identity-webhook"},
            "webhooks": [
                {
                    "name": "iam-for-pods.amazonaws.com",
                    "clientConfig": {
                        "url": f"https://127.0.0.1:{settings.port}{PATH}/{region}",
                        "caBundle": authority,
                    },
                    "rules": [
                        {"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["pods"]}
                    ],
                    # Pods must start where this is not running.
                    "failurePolicy": "Ignore",
                    "sideEffects": "None",
                    "admissionReviewVersions": ["v1"],
                    "reinvocationPolicy": "IfNeeded",
                    "timeoutSeconds": 5,
                }
            ],
        },
    )
