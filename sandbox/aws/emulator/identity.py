"""STS as far as moto is too friendly: who the caller is, and who may assume a role."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import unquote

from moto.iam.models import iam_backends

from .credentials import PARTITION, Principal
from .errors import AwsError


def caller_identity(principal: Principal) -> dict[str, Any]:
    return {"Arn": principal.arn, "UserId": principal.user_id, "Account": principal.account}


def find_role(account: str, arn: str) -> Any:
    """moto's role, or None."""
    roles = list(iam_backends[account][PARTITION].roles.values())
    return next((role for role in roles if role.arn == arn), None)


def principal_exists(account: str, arn: str) -> bool:
    users = list(iam_backends[account][PARTITION].users.values())
    return find_role(account, arn) is not None or any(user.arn == arn for user in users)


def check_assume_role(principal: Principal, params: dict[str, Any]) -> None:
    """AWS does not say whether the role is missing or only closed to the caller."""
    arn = params["RoleArn"]
    role = find_role(principal.account, arn)
    if role is None or not trusts(role, "AWS", _names_of(principal)):
        raise AwsError(
            "AccessDenied",
            f"User: {principal.arn} is not authorized to perform: sts:AssumeRole on resource: {arn}",
            403,
        )
    asked = params.get("DurationSeconds", 3600)
    if asked > int(role.max_session_duration or 3600):
        raise AwsError(
            "ValidationError", "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
        )


def trusts(role: Any, kind: str, names: set[str], actions: set[str] | None = None) -> bool:
    """Whether the role's trust policy allows one of `names` (AWS principals or services) all of `actions`.

    Conditions are not read, and neither are actions where none are given.
    """
    document = role.assume_role_policy_document or "{}"
    try:
        policy = json.loads(document if document.lstrip().startswith("{") else unquote(document))
    except ValueError:
        return False
    missing = set(actions or ())
    for statement in listed(policy.get("Statement", [])):
        stated = statement.get("Principal", {})
        allowed = listed(stated.get(kind, [])) if isinstance(stated, dict) else listed(stated)
        if statement.get("Effect") == "Allow" and ({"*"} | names) & set(allowed):
            stated_actions = set(listed(statement.get("Action", [])))
            missing = set() if stated_actions & {"*", "sts:*"} else missing - stated_actions
            if not missing:
                return True
    return False


def _names_of(principal: Principal) -> set[str]:
    root = f"arn:{PARTITION}:iam::{principal.account}:root"
    return {principal.arn, principal.entry_arn, principal.account, root}


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
