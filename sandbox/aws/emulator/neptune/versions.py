"""Versions of Neptune's engine, newest last: https://docs.aws.amazon.com/neptune/latest/userguide/engine-releases.html"""

from __future__ import annotations

from typing import Any

from ..refusals import invalid_combination

VERSIONS = ("1.3.4.0", "1.3.5.0", "1.4.5.1", "1.4.6.0", "1.4.6.3", "1.4.7.0")


def known(asked: str | None) -> str:
    version = asked or VERSIONS[-1]
    if version not in VERSIONS:
        raise invalid_combination(f"Cannot find version {version} for neptune")
    return version


def family(version: str) -> str:
    """From 1.2.0.0 on, each major version, which is its second number, has a family."""
    return f"neptune{'.'.join(version.split('.')[:2])}"


def is_family(name: str) -> bool:
    return name in {family(version) for version in VERSIONS}


def check_upgrade(current: str, target: str, allowed: bool) -> None:
    if _parts(target) < _parts(current):
        raise invalid_combination(f"Cannot upgrade neptune from {current} to {target}")
    if family(target) != family(current) and not allowed:
        raise invalid_combination(
            "The AllowMajorVersionUpgrade flag must be present when upgrading to a new major version."
        )


def _parts(version: str) -> list[int]:
    return [int(part) for part in version.split(".")]


def described(params: dict[str, Any]) -> list[dict[str, Any]]:
    asked = params.get("EngineVersion")
    return [
        {
            "Engine": "neptune",
            "EngineVersion": version,
            "DBParameterGroupFamily": family(version),
            "DBEngineDescription": "Neptune",
            "DBEngineVersionDescription": f"Neptune {version}",
            "ExportableLogTypes": ["audit", "slowquery"],
            "SupportsLogExportsToCloudwatchLogs": True,
            "SupportsReadReplica": False,
            "SupportsGlobalDatabases": True,
            "ValidUpgradeTarget": [_target(version, other) for other in VERSIONS if _parts(other) > _parts(version)],
        }
        for version in VERSIONS
        if asked in (None, version) and params.get("DBParameterGroupFamily", family(version)) == family(version)
    ]


def _target(version: str, other: str) -> dict[str, Any]:
    return {
        "Engine": "neptune",
        "EngineVersion": other,
        "Description": f"Neptune {other}",
        "AutoUpgrade": False,
        "IsMajorVersionUpgrade": family(version) != family(other),
    }
