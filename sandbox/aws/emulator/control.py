"""The sandbox's own doors under /_sandbox: faults, the request log, names in a VPC, resets.

They can kill processes, so a web page must not reach them: no browser sends the header across origins without
asking first (and nothing here answers such a question), and a foreign Host means DNS rebinding.
"""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Callable
from typing import Any

from .eks.insights import STATUSES
from .errors import Answer
from .faults import BadRule
from .http_request import HttpRequest
from .private_names import private_addresses

PREFIX = "/_sandbox"


class Control:
    """`world` is the process's one world; see world.py."""

    def __init__(self, world: Any) -> None:
        self._world = world

    def answer(self, request: HttpRequest) -> Answer:
        if not self._allowed(request):
            return _json(403, {"error": "only for loopback peers, with this Host and X-Gennet-Sandbox: 1"})
        path = request.raw_path.removeprefix(PREFIX).rstrip("/")
        routes: dict[tuple[str, str], Callable[[HttpRequest], Answer]] = {
            ("GET", "/health"): self._health,
            ("GET", "/requests"): self._requests,
            ("GET", "/names"): self._names,
            ("GET", "/faults"): lambda _: _json(200, {"items": self._world.faults.list()}),
            ("POST", "/faults"): self._add_fault,
            ("DELETE", "/faults"): lambda _: _json(200, {"removed": self._world.faults.remove()}),
            ("POST", "/reset"): self._reset,
            ("POST", "/credentials/expire"): self._expire,
            ("POST", "/insights"): self._claim_insight,
        }
        if request.method == "DELETE" and path.startswith("/faults/"):
            removed = self._world.faults.remove(path.removeprefix("/faults/"))
            return _json(200 if removed else 404, {"removed": removed})
        handler = routes.get((request.method, path))
        return handler(request) if handler else _json(404, {"error": "no such path"})

    def _allowed(self, request: HttpRequest) -> bool:
        name, _, port = (request.header("host") or "").rpartition(":")
        try:
            peer = ipaddress.ip_address(request.peer).is_loopback
            named = name == "localhost" or ipaddress.ip_address(name.strip("[]")).is_loopback
        except ValueError:
            return False
        return peer and named and port == str(self._world.port) and request.header("x-gennet-sandbox") == "1"

    def _health(self, _: HttpRequest) -> Answer:
        world = self._world
        return _json(
            200,
            {
                "status": "ok",
                "startedAt": world.started_at.isoformat().replace("+00:00", "Z"),
                "regions": sorted(world.config.control_planes),
                "kubernetesWritesPending": world.pending_writes(),
            },
        )

    def _requests(self, request: HttpRequest) -> Answer:
        try:
            since = int(dict(request.query).get("since", "0"))
        except ValueError:
            return _json(400, {"error": "since must be a number"})
        return _json(200, self._world.requests.since(since))

    def _names(self, request: HttpRequest) -> Answer:
        query = dict(request.query)
        with self._world.lock:
            found = private_addresses(self._world.config.account_id, query.get("region", ""), query.get("name", ""))
        return _json(200, {"known": found is not None, "addresses": found or []})

    def _add_fault(self, request: HttpRequest) -> Answer:
        try:
            return _json(201, {"id": self._world.faults.add(json.loads(request.body))})
        except (ValueError, BadRule) as error:
            return _json(400, {"error": str(error)})

    def _reset(self, _: HttpRequest) -> Answer:
        self._world.reset()
        return _json(200, {"status": "ok"})

    def _expire(self, request: HttpRequest) -> Answer:
        try:
            key = json.loads(request.body)["accessKeyId"]
        except (ValueError, KeyError, TypeError):
            return _json(400, {"error": "accessKeyId is missing"})
        if not isinstance(key, str) or self._world.credentials.find(key) is None:
            return _json(404, {"error": "no such access key"})
        self._world.credentials.expire(key)
        return _json(200, {"status": "ok"})

    def _claim_insight(self, request: HttpRequest) -> Answer:
        """`{region, cluster, name, status, reason}`: what EKS finds at its next look; without a status, the truth."""
        try:
            asked = json.loads(request.body)
            region, cluster, name = (asked[member] for member in ("region", "cluster", "name"))
            status, reason = asked.get("status"), str(asked.get("reason", ""))
        except (ValueError, KeyError, TypeError, AttributeError):
            return _json(400, {"error": "region, cluster and name are needed"})
        if status not in (None, *STATUSES):
            return _json(400, {"error": f"status must be one of {', '.join(STATUSES)}"})
        with self._world.lock:
            found = self._world.eks.region(region).clusters.get(cluster)
            if found is None:
                return _json(404, {"error": "no such cluster"})
            if status is None:
                found.claimed_insights.pop(name, None)
            else:
                found.claimed_insights[name] = (status, reason)
        return _json(200, {"status": "ok"})


def _json(status: int, body: Any) -> Answer:
    return Answer(status, json.dumps(body).encode(), [("Content-Type", "application/json")])
