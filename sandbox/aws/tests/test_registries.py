"""Creation templates of ECR."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from .conftest import Sandbox


def test_template_is_kept_until_it_is_deleted(sandbox: Sandbox) -> None:
    ecr = sandbox.client("ecr")
    ecr.create_repository_creation_template(prefix="acme", appliedFor=["REPLICATION"], description="first")
    with pytest.raises(ClientError, match="TemplateAlreadyExistsException"):
        ecr.create_repository_creation_template(prefix="acme", appliedFor=["REPLICATION"])
    ecr.update_repository_creation_template(prefix="acme", imageTagMutability="IMMUTABLE")
    (kept,) = ecr.describe_repository_creation_templates(prefixes=["acme", "other"])["repositoryCreationTemplates"]
    assert {kept["description"], kept["imageTagMutability"], *kept["appliedFor"]} == {
        "first",
        "IMMUTABLE",
        "REPLICATION",
    }
    ecr.delete_repository_creation_template(prefix="acme")
    assert ecr.describe_repository_creation_templates()["repositoryCreationTemplates"] == []
    with pytest.raises(ClientError, match="TemplateNotFoundException"):
        ecr.delete_repository_creation_template(prefix="acme")


def test_template_belongs_to_its_region(sandbox: Sandbox) -> None:
    sandbox.client("ecr").create_repository_creation_template(prefix="acme", appliedFor=["REPLICATION"])
    other = sandbox.client("ecr", region="us-east-1")
    assert other.describe_repository_creation_templates()["repositoryCreationTemplates"] == []
