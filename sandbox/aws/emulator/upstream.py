"""moto, in this process."""

from __future__ import annotations

import io
import logging
import os
import threading
import traceback
from typing import Any

from .errors import Answer, AwsError
from .http_request import HttpRequest

log = logging.getLogger(__name__)


def prepare(account_id: str) -> None:
    """moto reads these while it is imported, so this comes before any other use of it."""
    os.environ["MOTO_ACCOUNT_ID"] = account_id
    os.environ["MOTO_IAM_LOAD_MANAGED_POLICIES"] = "true"
    # Two thousand old images per region, which nobody here asks for.
    os.environ["MOTO_EC2_LOAD_DEFAULT_AMIS"] = "false"
    # moto signs nothing and calls nobody, but a library of its may look for credentials.
    os.environ.setdefault("AWS_EC2_METADATA_DISABLED", "true")


class Moto:
    def __init__(self, lock: threading.RLock) -> None:
        from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

        def create(service: Any) -> Any:
            app = create_backend_app(service)
            # With this set, moto's exceptions come to us instead of becoming an HTML page.
            app.config["PROPAGATE_EXCEPTIONS"] = True
            app.debug = False
            return app

        self._app = DomainDispatcherApplication(create)
        # moto's backends are plain dictionaries shared by all threads.
        self._lock = lock

    def call(self, request: HttpRequest, environ: dict[str, Any], what: str) -> Answer:
        """`what` names service and operation for the error that says moto lacks it."""
        inner = {**environ, "wsgi.input": io.BytesIO(request.body), "CONTENT_LENGTH": str(len(request.body))}
        inner.pop("HTTP_TRANSFER_ENCODING", None)
        inner.pop("wsgi.input_terminated", None)
        # moto believes a region in the user agent more than the one that was signed.
        inner["HTTP_USER_AGENT"] = "gennet-sandbox"
        started: dict[str, Any] = {}

        def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            started.update(status=int(status.split(" ", 1)[0]), headers=headers)
            return lambda data: None

        try:
            with self._lock:
                result = self._app(inner, start_response)
                body = b"".join(result)
        except AwsError:
            # Raised by our wrappers inside moto.
            raise
        except NotImplementedError as error:
            raise not_emulated(what) from error
        except Exception as error:
            # Without the exception's text, which may quote a parameter.
            frame = traceback.extract_tb(error.__traceback__)[-1]
            log.warning("%s: %s at %s:%s", what, type(error).__name__, frame.filename, frame.lineno)
            text = f"The sandbox failed to serve {what}: {type(error).__name__}"
            raise AwsError("InternalFailure", text, 500) from error
        answer = Answer(started["status"], body, started["headers"])
        if answer.status == 404 and b"<title>404 Not Found</title>" in body:
            raise not_emulated(what)
        return answer

    def reset(self) -> None:
        from moto.core.base_backend import BackendDict, BaseBackend, backend_lock
        from moto.core.model_instances import reset_model_data

        # moto's own reset builds every backend anew and then forgets it.
        with self._lock, backend_lock:
            for accounts in BackendDict._instances:
                for regions in accounts.values():
                    for backend in regions.values():
                        if type(backend).reset is not BaseBackend.reset:
                            # Holds more than memory, such as S3's open files.
                            backend.reset()
                accounts.clear()
            BackendDict._instances.clear()
            reset_model_data()


def not_emulated(what: str) -> AwsError:
    # 501 and not 500: SDKs do not retry it.
    return AwsError("NotImplemented", f"The sandbox does not emulate {what}", 501)
