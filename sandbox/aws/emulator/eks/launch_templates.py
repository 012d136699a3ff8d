"""The launch template of a node group."""

from __future__ import annotations

from typing import Any

from moto.ec2.models import ec2_backends

from .errors import invalid_parameter
from .state import Region


def resolve(region: Region, asked: dict[str, Any]) -> dict[str, Any]:
    """The template and its version, as DescribeNodegroup shows them. Rejects what does not exist."""
    backend = ec2_backends[region.account][region.name]
    found = [
        template
        for template in backend.launch_templates.values()
        if asked.get("id") in (None, template.id) and asked.get("name") in (None, template.name)
    ]
    if not found or not (asked.get("id") or asked.get("name")):
        raise invalid_parameter(f"Launch template {asked.get('id') or asked.get('name')} could not be found")
    template = found[0]
    version = str(asked.get("version") or template.default_version_number)
    if not version.isdecimal() or not 1 <= int(version) <= template.latest_version_number:
        raise invalid_parameter(f"Launch template {template.id} has no version {version}")
    return {"id": template.id, "name": template.name, "version": version}
