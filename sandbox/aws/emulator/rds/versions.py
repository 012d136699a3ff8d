"""Which versions of PostgreSQL RDS offers here. They are a claim: one PostgreSQL of this machine is behind all."""

from __future__ import annotations

import re
from typing import Any

from .. import marker
from ..credentials import Principal
from ..neptune.versions import described as neptune_versions
from ..refusals import invalid_combination
from .state import Region

# Newest last; the last one is the default of its major version. https://docs.aws.amazon.com/AmazonRDS/latest/PostgreSQLReleaseNotes/
VERSIONS = {
    "14": ("14.18", "14.19"),
    "15": ("15.13", "15.14"),
    "16": ("16.9", "16.10"),
    "17": ("17.5", "17.6"),
    "18": ("18.1",),
}
DEFAULT_MAJOR = "17"


def full_version(asked: str | None) -> str:
    """A major version means its default minor version."""
    version = asked or DEFAULT_MAJOR
    if version in VERSIONS:
        return VERSIONS[version][-1]
    if version not in VERSIONS.get(major(version), ()):
        raise invalid_combination(f"Cannot find version {version} for postgres")
    return version


def major(version: str) -> str:
    return version.split(".")[0]


def family(version: str) -> str:
    return f"postgres{major(version)}"


def is_family(name: str) -> bool:
    return re.fullmatch(r"postgres\d+", name) is not None and name.removeprefix("postgres") in VERSIONS


def parts(version: str) -> list[int]:
    return [int(part) for part in version.split(".")]


def check_replicas(target: str, replicas: list[str]) -> None:
    """Before a minor upgrade of a source, all of its replicas are upgraded."""
    # https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_UpgradeDBInstance.PostgreSQL.html
    if any(major(each) == major(target) and parts(each) < parts(target) for each in replicas):
        raise invalid_combination("One or more of the DB Instance's read replicas need to be upgraded.")


def check_upgrade(current: str, target: str, allowed: bool) -> None:
    if parts(target) < parts(current):
        raise invalid_combination(f"Cannot upgrade postgres from {current} to {target}")
    if major(target) != major(current) and not allowed:
        raise invalid_combination(
            "The AllowMajorVersionUpgrade flag must be present when upgrading to a new major version."
        )


def describe_db_engine_versions(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    if params.get("Engine") == "neptune":
        return marker.page("DBEngineVersions", neptune_versions(params), params)
    asked = params.get("EngineVersion")
    found = [
        {
            "Engine": "postgres",
            "EngineVersion": version,
            "MajorEngineVersion": number,
            "DBParameterGroupFamily": family(version),
            "DBEngineDescription": "PostgreSQL",
            "DBEngineVersionDescription": f"PostgreSQL {version}",
            "ValidUpgradeTarget": [_target(version, other) for other in _all() if parts(other) > parts(version)],
            "SupportsReadReplica": True,
            "Status": "available",
            "SupportedFeatureNames": [],
            "SupportsGlobalDatabases": False,
        }
        for number, versions in VERSIONS.items()
        for version in versions
        if (not asked or asked in (number, version))
        and params.get("DBParameterGroupFamily", family(version)) == family(version)
        and (not params.get("DefaultOnly") or version == versions[-1])
    ]
    return marker.page("DBEngineVersions", found, params)


def _target(version: str, other: str) -> dict[str, Any]:
    differs = major(version) != major(other)
    return {
        "Engine": "postgres",
        "EngineVersion": other,
        "Description": f"PostgreSQL {other}",
        "AutoUpgrade": False,
        "IsMajorVersionUpgrade": differs,
    }


def _all() -> list[str]:
    return [version for versions in VERSIONS.values() for version in versions]


OPERATIONS = {"DescribeDBEngineVersions": describe_db_engine_versions}
