"""A secret without a version or a label is its AWSCURRENT version, wherever that has moved."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from .conftest import Sandbox

NEXT = "00000000-0000-4000-8000-000000000002"


def rotated(sandbox: Sandbox) -> tuple[Any, str]:
    secrets = sandbox.client("secretsmanager")
    before = secrets.create_secret(Name="acme/t", SecretString="seed")["VersionId"]
    secrets.put_secret_value(
        SecretId="acme/t", ClientRequestToken=NEXT, SecretString="next", VersionStages=["AWSPENDING"]
    )
    secrets.update_secret_version_stage(
        SecretId="acme/t", VersionStage="AWSCURRENT", RemoveFromVersionId=before, MoveToVersionId=NEXT
    )
    return secrets, before


def test_default_version_follows_the_label(sandbox: Sandbox) -> None:
    secrets, before = rotated(sandbox)
    default = secrets.get_secret_value(SecretId="acme/t")
    assert (default["SecretString"], default["VersionId"]) == ("next", NEXT)
    assert secrets.get_secret_value(SecretId="acme/t", VersionStage="AWSPREVIOUS")["SecretString"] == "seed"
    assert secrets.get_secret_value(SecretId="acme/t", VersionId=before)["SecretString"] == "seed"
    filters = [{"Key": "name", "Values": ["acme/"]}]
    assert [each["SecretString"] for each in secrets.batch_get_secret_value(Filters=filters)["SecretValues"]] == [
        "next"
    ]


def test_next_value_takes_the_labels_from_where_they_are(sandbox: Sandbox) -> None:
    secrets, before = rotated(sandbox)
    third = secrets.put_secret_value(SecretId="acme/t", SecretString="third")["VersionId"]
    versions = secrets.list_secret_version_ids(SecretId="acme/t", IncludeDeprecated=True)["Versions"]
    stages = {each["VersionId"]: each.get("VersionStages", []) for each in versions}
    assert stages == {before: [], NEXT: ["AWSPREVIOUS"], third: ["AWSCURRENT"]}


def test_label_is_moved_only_from_where_it_is(sandbox: Sandbox) -> None:
    secrets, before = rotated(sandbox)
    for remove in ({}, {"RemoveFromVersionId": before}):
        with pytest.raises(ClientError) as caught:
            secrets.update_secret_version_stage(
                SecretId="acme/t", VersionStage="AWSPENDING", MoveToVersionId=before, **remove
            )
        assert caught.value.response["Error"]["Code"] == "InvalidParameterException"
    assert secrets.get_secret_value(SecretId="acme/t", VersionStage="AWSPENDING")["SecretString"] == "next"


def test_of_two_writers_under_one_label_the_second_is_refused(sandbox: Sandbox) -> None:
    secrets = sandbox.client("secretsmanager")
    before = secrets.create_secret(Name="acme/t", SecretString="seed")["VersionId"]
    one, two = (f"00000000-0000-4000-8000-00000000000{digit}" for digit in (3, 4))
    for version in (one, two):
        secrets.put_secret_value(
            SecretId="acme/t", ClientRequestToken=version, SecretString=version, VersionStages=["EDIT"]
        )
    # The first has lost its label to the second, and is still there.
    move = {"SecretId": "acme/t", "VersionStage": "AWSCURRENT", "RemoveFromVersionId": before}
    secrets.update_secret_version_stage(**move, MoveToVersionId=one)
    with pytest.raises(ClientError) as caught:
        secrets.update_secret_version_stage(**move, MoveToVersionId=two)
    assert caught.value.response["Error"]["Code"] == "InvalidParameterException"
    assert secrets.get_secret_value(SecretId="acme/t")["SecretString"] == one
    secrets.update_secret_version_stage(SecretId="acme/t", VersionStage="EDIT", RemoveFromVersionId=two)
    stages = secrets.describe_secret(SecretId="acme/t")["VersionIdsToStages"].items()
    assert {version: labels for version, labels in stages if labels} == {
        one: ["AWSCURRENT"],
        before: ["AWSPREVIOUS"],
    }
