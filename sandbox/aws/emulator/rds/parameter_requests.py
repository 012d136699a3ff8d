"""What requests about a parameter group must be, whether it is of instances or of clusters."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from ..refusals import invalid_combination, invalid_value, missing

NAME = re.compile(r"[a-z](?!.*--)[a-z0-9-]{0,254}(?<!-)", re.IGNORECASE)
MAX_CHANGES = 20

Change = dict[str, Any]


def check_name(member: str, name: str) -> None:
    if not NAME.fullmatch(name):
        raise invalid_value(f"The parameter {member} is not a valid identifier.")


def checked_changes(params: dict[str, Any], is_static: Callable[[str], bool | None]) -> list[Change]:
    """The changes of a request; `is_static` knows a parameter by its name, or not. Their values are not checked."""
    changes: list[Change] = params["Parameters"]
    if not 1 <= len(changes) <= MAX_CHANGES:
        raise invalid_value(f"The request must contain 1 to {MAX_CHANGES} parameters.")
    for change in changes:
        for member in ("ParameterName", "ParameterValue", "ApplyMethod"):
            if change.get(member) is None:
                raise missing(member)
        static = is_static(change["ParameterName"])
        if static is None:
            raise invalid_value(f"Could not find parameter with name: {change['ParameterName']}")
        if static and change["ApplyMethod"] == "immediate":
            raise invalid_combination("cannot use immediate apply method for static parameter")
    return changes


def wrong_value(change: Change, allowed: str) -> Exception:
    name, value = change["ParameterName"], change["ParameterValue"]
    return invalid_value(f"Invalid parameter value: {value} for: {name} allowed values are: {allowed}")


def described(name: str, default: str | None, own: Change | None, source: str, static: bool) -> Change:
    """A parameter as AWS lists it: its own value in a group, or the default one."""
    value = own["ParameterValue"] if own else default
    return {
        "ParameterName": name,
        **({} if value is None else {"ParameterValue": value}),
        "Source": "user" if own else source,
        "ApplyType": "static" if static else "dynamic",
        "IsModifiable": True,
        "ApplyMethod": own["ApplyMethod"] if own else "pending-reboot",
    }
