"""Which version of a secret is meant, and where its labels are: moto keeps a default of its own beside the labels."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.secretsmanager.models import FakeSecret, SecretsManagerBackend

from ..errors import AwsError
from .steps import Steps


def wrap(steps: Steps) -> None:
    def get_value(
        original: Callable[..., Any], backend: Any, secret_id: str, version_id: str, version_stage: str
    ) -> Any:
        # https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html
        return original(backend, secret_id, version_id, version_stage or ("" if version_id else "AWSCURRENT"))

    def move_label(
        original: Callable[..., Any],
        backend: Any,
        secret_id: str,
        version_stage: str,
        remove_from_version_id: str,
        move_to_version_id: str,
    ) -> Any:
        # https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_UpdateSecretVersionStage.html
        at = _labelled(backend, secret_id, version_stage)
        if at and move_to_version_id and at not in (remove_from_version_id, move_to_version_id):
            message = f"Staging label {version_stage} is attached to version {at}: RemoveFromVersionId must be that."
            raise AwsError("InvalidParameterException", message)
        moved = original(backend, secret_id, version_stage, remove_from_version_id, move_to_version_id)
        secret = backend.secrets[secret_id]
        if isinstance(secret, FakeSecret):
            # The version that the next PutSecretValue takes AWSCURRENT from.
            secret.set_default_version_id(_labelled(backend, secret_id, "AWSCURRENT"))
        return moved

    steps.wrap(SecretsManagerBackend, "get_secret_value", get_value)
    steps.wrap(SecretsManagerBackend, "update_secret_version_stage", move_label)


def _labelled(backend: Any, secret_id: str, label: str) -> str | None:
    if secret_id not in backend.secrets:
        return None
    versions = backend.secrets[secret_id].versions.items()
    return next((version for version, kept in versions if label in kept["version_stages"]), None)
