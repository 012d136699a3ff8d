"""The HTTP side: one WSGI application in front of moto, and the server that runs it."""

from __future__ import annotations

import contextlib
import logging
import socket
import time
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

from moto.moto_server.werkzeug_app import MotoRequestHandler
from werkzeug.serving import BaseWSGIServer, ThreadedWSGIServer

from . import faults, http_request, models, signature, violations, wire
from .control import PREFIX, Control
from .errors import Answer, AwsError, render
from .http_request import HttpRequest
from .operations import Operations
from .pod_credentials import NoAgent, PodCredentials, is_for_agent
from .request_log import Entry
from .upstream import not_emulated
from .wire import Call
from .world import World

log = logging.getLogger(__name__)
UNSIGNED = {("sts", "AssumeRoleWithWebIdentity"), ("sts", "AssumeRoleWithSAML")}


class Dropped(Exception):
    """The connection ends without an answer."""


class Application:
    def __init__(self, world: World) -> None:
        self._world = world
        self._control = Control(world)
        self._operations = Operations(world)
        self._pod_credentials = PodCredentials(world)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        request = http_request.from_environ(environ)
        if request.raw_path.startswith((PREFIX + "/", "/moto-api")):
            # moto's own door is closed: it could reset or record without any of the checks of ours.
            answer = self._control.answer(request)
        elif is_for_agent(request):
            try:
                answer = self._pod_credentials.answer(request)
            except NoAgent:
                return _hang_up(environ)
        else:
            try:
                answer = self._aws(request, environ)
            except Dropped:
                return _hang_up(environ)
        headers = [(k, v) for k, v in answer.headers if k.lower() not in ("content-length", "connection")]
        if request.method == "HEAD":
            headers += [(k, v) for k, v in answer.headers if k.lower() == "content-length"]
        else:
            headers.append(("Content-Length", str(len(answer.body))))
        start_response(f"{answer.status} {_reason(answer.status)}", headers)
        return [b"" if request.method == "HEAD" else answer.body]

    def _aws(self, request: HttpRequest, environ: dict[str, Any]) -> Answer:
        self._world.timeline.run_due()
        refused, stated = None, None
        try:
            stated = signature.claim(request)
        except signature.Refused as error:
            refused = error
        scope = (stated.service, stated.region) if stated else _unsigned_scope(request)
        call = wire.resolve(request, environ, *scope)
        entry = self._world.requests.add(
            time=self._world.clock.now().isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            service=call.service,
            operation=call.operation,
            region=call.region,
            mutating=call.mutating,
        )
        try:
            if refused:
                raise signature.as_error(refused, call.service, call.protocol)
            answer = self._checked(request, environ, call, stated, entry)
        except AwsError as error:
            answer = render(error, call.protocol, call.service)
        except Dropped:
            entry.status = entry.status or 0
            raise
        entry.status = answer.status
        if answer.status >= 400:
            entry.errorCode = answer.error_code or _error_code(answer)
        return answer

    def _checked(
        self,
        request: HttpRequest,
        environ: dict[str, Any],
        call: Call,
        stated: signature.Claim | None,
        entry: Entry,
    ) -> Answer:
        credential = self._authenticate(request, call, stated)
        if call.model is None:
            entry.violation = f"unknown operation {call.operation}"
            raise _unknown_operation(call)
        if call.violations:
            entry.violation = "; ".join(f"{v.member}: {v.kind.value}" for v in call.violations)
            raise violations.refusal(call.violations, call.service, call.protocol)
        spec = self._world.faults.next(call)
        if spec:
            entry.fault = spec["action"]
            self._before(call, spec)
        if call.dry_run:
            message = "Request would have succeeded, but DryRun flag is set."
            raise AwsError("DryRunOperation", message, 412)
        answer = self._operations.answer(request, environ, call, credential)
        if spec:
            _after(answer, spec, entry)
        return answer

    def _authenticate(self, request: HttpRequest, call: Call, stated: signature.Claim | None) -> Any:
        if stated is None:
            if (call.service, call.operation) in UNSIGNED:
                return None
            refused = signature.Refused("missing", "Request is missing Authentication Token")
            raise signature.as_error(refused, call.service, call.protocol)
        try:
            with self._world.lock:
                return signature.verify(request, stated, self._world.credentials, self._world.clock.now())
        except signature.Refused as refused:
            raise signature.as_error(refused, call.service, call.protocol) from refused

    def _before(self, call: Call, spec: dict[str, Any]) -> None:
        action = spec["action"]
        if action == "delay":
            time.sleep(spec.get("delayMs", 0) / 1000)
        elif action == "throttle":
            raise faults.throttled(call, spec)
        elif action == "error":
            raise faults.failed(call, spec)
        elif action == "drop":
            raise Dropped
        elif action == "kill" and spec.get("when", "before") == "before":
            faults.kill(spec["pid"])
            raise Dropped


def _after(answer: Answer, spec: dict[str, Any], entry: Entry) -> None:
    entry.status = answer.status
    if spec["action"] == "drop-after":
        raise Dropped
    if spec["action"] == "kill" and spec.get("when") == "after-success" and answer.status < 400:
        faults.kill(spec["pid"])
        raise Dropped


def _unknown_operation(call: Call) -> AwsError:
    if not models.candidates(call.service):
        return AwsError("UnknownService", f"AWS has no service that signs as {call.service}", 404)
    if call.protocol == "smithy-rpc-v2-cbor":
        return not_emulated(f"{call.service} over CBOR (let the client use its JSON or query protocol)")
    message = f"The action {call.operation} is not valid for {call.service}"
    if call.protocol in ("query", "ec2"):
        return AwsError("InvalidAction", message, 400)
    if call.service == "s3":
        return AwsError("MethodNotAllowed", message, 405)
    return AwsError("UnknownOperationException", message, 400 if call.protocol == "json" else 404)


def _unsigned_scope(request: HttpRequest) -> tuple[str, str]:
    action = next((v for k, v in [*request.form, *request.query] if k == "Action"), "")
    return ("sts" if action.startswith("AssumeRoleWith") else "s3"), "us-east-1"


def _error_code(answer: Answer) -> str | None:
    for key, value in answer.headers:
        if key.lower() == "x-amzn-errortype":
            return value.partition(":")[0]
    text = answer.body[:2000].decode("utf-8", "replace")
    if "<Code>" in text:
        return text.partition("<Code>")[2].partition("<")[0]
    if '"__type"' in text:
        return text.partition('"__type"')[2].partition('"')[2].partition('"')[0].rpartition("#")[2]
    return None


def _hang_up(environ: dict[str, Any]) -> list[bytes]:
    with contextlib.suppress(OSError):
        environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
    raise ConnectionAbortedError


def _reason(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"


class Handler(MotoRequestHandler):
    protocol_version = "HTTP/1.1"
    # An idle kept-alive connection holds a thread.
    timeout = 90

    def handle_expect_100(self) -> bool:
        # werkzeug answers "100 Continue" itself; twice would confuse clients.
        return True

    def log(self, type: str, message: str, *args: Any) -> None:
        # Request lines hold presigned signatures; only what went wrong is worth a line.
        if type != "info":
            log.warning("http: %s", type)


class Server(ThreadedWSGIServer):
    daemon_threads = True
    request_queue_size = 256


def make(world: World) -> BaseWSGIServer:
    server = Server(world.config.host, world.config.port, Application(world), Handler)
    world.port = server.server_port
    return server
