"""Creation templates of ECR, which moto does not have. They are only kept: moto replicates no images.

https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepositoryCreationTemplate.html
"""

from __future__ import annotations

from typing import Any

from .clock import Clock
from .config import Config
from .credentials import Principal
from .errors import AwsError
from .refusals import refusal

Template = dict[str, Any]


class Registries:
    def __init__(self, config: Config, clock: Clock) -> None:
        self._account = config.account_id
        self._clock = clock
        self._regions: dict[str, dict[str, Template]] = {}

    def answer(self, region: str, operation: str, params: dict[str, Any], _: Principal) -> dict[str, Any] | None:
        """None: moto answers."""
        templates = self._regions.setdefault(region, {})
        if operation == "DescribeRepositoryCreationTemplates":
            prefixes = params.get("prefixes")
            found = [each for name, each in templates.items() if prefixes is None or name in prefixes]
            return {"registryId": self._account, "repositoryCreationTemplates": found}
        verb, _sep, rest = operation.partition("RepositoryCreationTemplate")
        if rest or not _sep:
            return None
        prefix = params["prefix"]
        if verb == "Create" and prefix in templates:
            message = f"The template with prefix '{prefix}' already exists"
            raise refusal("ecr", "TemplateAlreadyExistsException", message)
        if verb != "Create" and prefix not in templates:
            raise _not_found(prefix)
        if verb == "Delete":
            template = templates.pop(prefix)
        else:
            now = self._clock.now()
            before = templates.get(prefix, {"createdAt": now, "imageTagMutability": "MUTABLE"})
            template = templates[prefix] = {**before, **params, "updatedAt": now}
        return {"registryId": self._account, "repositoryCreationTemplate": template}

    def reset(self) -> None:
        self._regions.clear()


def _not_found(prefix: str) -> AwsError:
    return refusal("ecr", "TemplateNotFoundException", f"The template with prefix '{prefix}' does not exist")
