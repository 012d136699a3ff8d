"""Faults on demand: throttling, errors, lost connections, delays, and death at call N."""

from __future__ import annotations

import os
import signal
import threading
import uuid
from dataclasses import dataclass
from typing import Any

from .errors import AwsError
from .wire import Call

ACTIONS = {"throttle", "error", "drop", "drop-after", "delay", "kill"}
TEXTS = {"service", "operation", "region", "code"}
COUNTS = {"after", "times", "status", "delayMs", "pid"}


class BadRule(Exception):
    """The rule cannot be used; the text says why."""


@dataclass
class Rule:
    id: str
    spec: dict[str, Any]
    seen: int = 0
    hits: int = 0

    def document(self) -> dict[str, Any]:
        return {"id": self.id, **self.spec, "seen": self.seen, "hits": self.hits}

    def matches(self, call: Call) -> bool:
        spec = self.spec
        if any(spec.get(k) not in (None, getattr(call, k)) for k in ("service", "operation", "region")):
            return False
        return spec.get("mutating") in (None, call.mutating)

    def fires(self) -> bool:
        """Counts a match and says whether it is one of those that fail."""
        self.seen += 1
        times = self.spec.get("times", 1)
        if self.seen <= self.spec.get("after", 0) or (times is not None and self.hits >= times):
            return False
        self.hits += 1
        return True


class Faults:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rules: list[Rule] = []

    def add(self, spec: Any) -> str:
        rule = Rule(uuid.uuid4().hex[:12], _checked(spec))
        with self._lock:
            self._rules.append(rule)
        return rule.id

    def list(self) -> list[dict[str, Any]]:
        with self._lock:
            return [rule.document() for rule in self._rules]

    def remove(self, rule_id: str | None = None) -> int:
        with self._lock:
            kept = [] if rule_id is None else [r for r in self._rules if r.id != rule_id]
            removed = len(self._rules) - len(kept)
            self._rules = kept
            return removed

    def next(self, call: Call) -> dict[str, Any] | None:
        """The rule that hits this call; rules after it do not count it."""
        with self._lock:
            winner = None
            for rule in self._rules:
                if rule.matches(call) and winner is None and rule.fires():
                    winner = rule.spec
            return winner


def _checked(spec: Any) -> dict[str, Any]:
    if not isinstance(spec, dict):
        raise BadRule("a rule is an object")
    unknown = set(spec) - TEXTS - COUNTS - {"mutating", "action", "when"}
    if unknown:
        raise BadRule(f"unknown member {sorted(unknown)[0]}")
    if spec.get("action") not in ACTIONS:
        raise BadRule(f"action must be one of {', '.join(sorted(ACTIONS))}")
    for name in TEXTS & set(spec):
        if not isinstance(spec[name], str):
            raise BadRule(f"{name} must be a string")
    for name in COUNTS & set(spec):
        value = spec[name]
        if name == "times" and value is None:
            continue
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise BadRule(f"{name} must be a whole number")
    if not isinstance(spec.get("mutating", True), bool):
        raise BadRule("mutating must be true or false")
    if not 400 <= spec.get("status", 500) <= 599:
        raise BadRule("status must be from 400 to 599")
    if spec["action"] == "kill":
        if spec.get("when", "before") not in ("before", "after-success"):
            raise BadRule("when must be before or after-success")
        _check_victim(spec.get("pid"))
    return dict(spec)


def _check_victim(pid: Any) -> None:
    if not isinstance(pid, int) or pid <= 1 or pid in (os.getpid(), os.getppid()):
        raise BadRule("pid must be a process other than the sandbox's own")
    try:
        owner = os.stat(f"/proc/{pid}").st_uid
    except FileNotFoundError:
        # No /proc (macOS), or gone: the kernel decides who may be signalled.
        try:
            os.kill(pid, 0)
        except OSError as error:
            raise BadRule(f"no process {pid} of this user") from error
        return
    if owner != os.getuid():
        raise BadRule(f"process {pid} belongs to another user")


def kill(pid: int) -> None:
    try:
        _check_victim(pid)
        os.kill(pid, signal.SIGKILL)
    except (BadRule, OSError):
        # Already gone, which is what was asked for.
        return


def throttled(call: Call, spec: dict[str, Any]) -> AwsError:
    code, status = "ThrottlingException", 400
    if call.protocol == "ec2":
        code, status = "RequestLimitExceeded", 503
    elif call.service == "s3":
        code, status = "SlowDown", 503
    elif call.protocol in ("query", "rest-xml"):
        code = "Throttling"
    elif call.protocol == "rest-json":
        code, status = ("TooManyRequestsException" if call.service == "lambda" else code), 429
    return AwsError(spec.get("code", code), "Rate exceeded", spec.get("status", status))


def failed(call: Call, spec: dict[str, Any]) -> AwsError:
    code, status = "InternalFailure", 500
    if call.protocol == "ec2" or call.service == "s3":
        code = "InternalError"
    elif call.service == "eks":
        code = "ServerException"
    return AwsError(spec.get("code", code), "A fault that was asked for", spec.get("status", status))
