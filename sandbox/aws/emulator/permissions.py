"""What a role may do with secrets: its policies decide, for pods that use it as for people.

Conditions are not read: a statement that has some counts as if they were met. Calls to other services are not judged,
and neither are users, because the sandbox's own has no policies.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from moto.secretsmanager.models import secretsmanager_backends

from . import identity
from .credentials import PARTITION, Principal
from .errors import AwsError
from .wire import Call

JUDGED = "secretsmanager"
# They name no secret, so that only a statement about all of them allows them.
EVERYTHING = "*"


def check(call: Call, principal: Principal | None) -> None:
    """Raises AccessDeniedException unless a policy of the role allows the call, and none denies it."""
    if call.service != JUDGED or principal is None or principal.arn == principal.entry_arn:
        return
    role = identity.find_role(principal.account, principal.entry_arn)
    action, resource = f"{JUDGED}:{call.operation}", _resource(call, principal.account)
    effects = {effect for effect, each in _statements(role) if _concerns(each, action, resource)}
    if effects == {"Allow"}:
        return
    because = (
        "with an explicit deny in an identity-based policy"
        if "Deny" in effects
        else f"because no identity-based policy allows the {action} action"
    )
    message = f"User: {principal.arn} is not authorized to perform: {action} on resource: {resource} {because}"
    raise AwsError("AccessDeniedException", message, 400)


def _resource(call: Call, account: str) -> str:
    """The ARN of a secret. Without one that has the name, AWS judges by the name alone."""
    asked = call.params.get("SecretId") or call.params.get("Name")
    if asked is None:
        return EVERYTHING
    found = secretsmanager_backends[account][call.region].secrets.get(asked)
    if found is not None:
        return str(found.arn)
    return asked if asked.startswith("arn:") else f"arn:{PARTITION}:{JUDGED}:{call.region}:{account}:secret:{asked}"


def _statements(role: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    if role is None:
        return
    versions = [version for policy in role.managed_policies.values() for version in policy.versions]
    managed = [version.document for version in versions if version.is_default]
    for text in [*role.policies.values(), *managed]:
        policy = json.loads(text if text.lstrip().startswith("{") else unquote(text))
        for statement in identity.listed(policy["Statement"]):
            yield statement["Effect"], statement


def _concerns(statement: dict[str, Any], action: str, resource: str) -> bool:
    return _is_in(statement, "Action", action, re.IGNORECASE) and _is_in(statement, "Resource", resource)


def _is_in(statement: dict[str, Any], element: str, value: str, flags: int = 0) -> bool:
    others = statement.get(f"Not{element}")
    patterns = identity.listed(statement[element] if others is None else others)
    return any(_matches(pattern, value, flags) for pattern in patterns) == (others is None)


def _matches(pattern: str, value: str, flags: int) -> bool:
    expression = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(expression, value, flags) is not None
