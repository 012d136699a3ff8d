"""Writes into a region's real Kubernetes API, in the background, and sees when what it wrote is available.

What is wanted is kept per object, and every object that is not yet so is tried again until it is: a failing
API server delays the sandbox's Kubernetes side and never an AWS answer.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import requests

from .config import Admin

log = logging.getLogger(__name__)
FIELD_MANAGER = "gennet-sandbox-aws"
LOOK_SECONDS = 0.2
RETRY_SECONDS = (0.2, 0.5, 1.0, 2.0, 5.0)


class Unreachable(Exception):
    """The region's API server does not answer or refuses, or the sandbox may not ask it."""


@dataclass(frozen=True)
class Wish:
    """`body` None: the object is to be gone. `labels` are kept apart so that later ones can replace them."""

    body: dict[str, Any] | None
    labels: dict[str, str] | None = None


class Writer:
    """`admin` absent: everything is accepted and nothing is done."""

    def __init__(self, region: str, endpoint: str, admin: Admin | None) -> None:
        self._region = region
        self._endpoint = endpoint.rstrip("/")
        self._session = _session(admin) if admin else None
        self._changed = threading.Condition()
        self._wanted: set[str] = set()
        self._todo: dict[str, Wish] = {}
        self._awaited: dict[str, Callable[[], None]] = {}

    def apply(self, path: str, body: dict[str, Any]) -> None:
        """`path` is the object's own. Server-side apply: ours is what we say, others keep the rest."""
        self._want(path, Wish(body))

    def create(self, path: str, body: dict[str, Any], labels: dict[str, str]) -> None:
        """For what others change once it is there, such as nodes: only `labels` are kept as asked for."""
        self._want(path, Wish(body, labels))

    def remove(self, path: str) -> None:
        self._want(path, Wish(None))

    def when_available(self, path: str, then: Callable[[], None]) -> None:
        """Calls `then`, from another thread, once all replicas of the Deployment at `path` are available."""
        if not self._session:
            then()
            return
        with self._changed:
            self._awaited[path] = then
            self._changed.notify()

    def review_token(self, token: str, audience: str) -> dict[str, Any]:
        """The `status` of a TokenReview: whether the API server knows the token, and whose it is."""
        body = {
            "apiVersion": "authentication.k8s.io/v1",
            "kind": "TokenReview",
            "spec": {"token": token, "audiences": [audience]},
        }
        answer = self._ask("POST", "/apis/authentication.k8s.io/v1/tokenreviews", body, "application/json")
        return dict(answer.get("status", {}))

    def read(self, path: str) -> dict[str, Any]:
        return self._ask("GET", path, None, "application/json")

    def merge(self, path: str, body: dict[str, Any]) -> None:
        """Once: who asks for it looks again."""
        self._ask("PATCH", path, body, "application/merge-patch+json")

    def _ask(self, method: str, path: str, body: dict[str, Any] | None, content_type: str) -> dict[str, Any]:
        if not self._session:
            raise Unreachable("there is no administrator's certificate for it")
        try:
            response = self._request(method, path, body, content_type)
            response.raise_for_status()
            return dict(response.json())
        except (requests.RequestException, ValueError) as error:
            raise Unreachable(type(error).__name__) from error

    def remove_all(self) -> None:
        with self._changed:
            paths = list(self._wanted)
        for path in paths:
            self.remove(path)

    def pending(self) -> int:
        with self._changed:
            return len(self._todo)

    def start(self) -> None:
        if self._session:
            threading.Thread(target=self._run, name=f"kubernetes-{self._region}", daemon=True).start()

    def _want(self, path: str, wish: Wish) -> None:
        if not self._session:
            return
        with self._changed:
            if wish.body is None:
                self._wanted.discard(path)
                self._awaited.pop(path, None)
            else:
                self._wanted.add(path)
            # Removed first, so that it goes to the end: later wishes come after earlier ones.
            self._todo.pop(path, None)
            self._todo[path] = wish
            self._changed.notify()

    def _run(self) -> None:
        failures = 0
        while True:
            with self._changed:
                while not self._todo and not self._awaited:
                    self._changed.wait()
                if not self._todo:
                    self._changed.wait(LOOK_SECONDS)
                batch, awaited = list(self._todo.items()), list(self._awaited.items())
            done = [self._done(path, wish) for path, wish in batch]
            for path, then in awaited:
                self._look(path, then)
            failures = 0 if all(done) else failures + 1
            if failures:
                with self._changed:
                    self._changed.wait(RETRY_SECONDS[min(failures, len(RETRY_SECONDS)) - 1])

    def _look(self, path: str, then: Callable[[], None]) -> None:
        try:
            response = self._request("GET", path, None, "application/json")
            found = response.json() if response.ok else {}
        except requests.RequestException:
            return
        wanted = found.get("spec", {}).get("replicas", 1)
        if found.get("status", {}).get("availableReplicas", 0) < wanted:
            return
        with self._changed:
            known = self._awaited.get(path) is then
            if known:
                del self._awaited[path]
        if known:
            then()

    def _done(self, path: str, wish: Wish) -> bool:
        try:
            reason = self._write(path, wish)
        except requests.RequestException as error:
            reason = type(error).__name__
        if reason:
            log.info("%s: %s is tried again: %s", self._region, path, reason)
            return False
        with self._changed:
            if self._todo.get(path) is wish:
                del self._todo[path]
        return True

    def _write(self, path: str, wish: Wish) -> str:
        """An empty string when the object is as wanted."""
        body = wish.body
        if body is None:
            response = self._request("DELETE", path, {"propagationPolicy": "Background"}, "application/json")
            return "" if response.status_code in (200, 202, 404) else f"HTTP {response.status_code}"
        if wish.labels is not None:
            response = self._request("POST", path.rpartition("/")[0], body, "application/json")
            if not response.ok and response.status_code != 409:
                return f"HTTP {response.status_code}"
            metadata = {"name": body["metadata"]["name"], "labels": wish.labels}
            body = {"apiVersion": body["apiVersion"], "kind": body["kind"], "metadata": metadata}
        query = f"?fieldManager={FIELD_MANAGER}&force=true"
        response = self._request("PATCH", path + query, body, "application/apply-patch+yaml")
        return "" if response.ok else f"HTTP {response.status_code}"

    def _request(self, method: str, path: str, body: dict[str, Any] | None, content_type: str) -> requests.Response:
        assert self._session is not None
        headers = {"Content-Type": content_type, "Accept": "application/json"}
        url = self._endpoint + path
        return self._session.request(method, url, data=json.dumps(body) if body else None, headers=headers, timeout=10)


def _session(admin: Admin) -> requests.Session:
    session = requests.Session()
    session.cert = (admin.cert_file, admin.key_file)
    session.verify = admin.ca_file
    # A proxy in the environment has no business between the sandbox and its own control plane.
    session.trust_env = False
    return session
