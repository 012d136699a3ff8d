"""How requests are answered whose work failed in several tasks at once."""

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI, Request
from starlette._utils import is_async_callable
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.types import ExceptionHandler


def install_group_handler(app: FastAPI) -> None:
    """Answers a group of errors, such as `asyncio.TaskGroup` raises, with the worst of them.

    Each of them is handled as it would be by itself, so that the log has the reasons of all. A
    group with an error that has no handler is a failure of the service, as that error would be.
    """

    @app.exception_handler(ExceptionGroup)
    async def several(request: Request, group: ExceptionGroup[Exception]) -> Response:
        handled = [(handler_of(app, error), error) for error in errors_in(group)]
        if any(handle is None for handle, _ in handled):
            raise group
        answers: list[Response] = []
        for handle, error in handled:
            called: Any = handle
            if is_async_callable(called):
                answers.append(await called(request, error))
            else:
                answers.append(await run_in_threadpool(called, request, error))
        return max(answers, key=lambda each: each.status_code)


def errors_in(group: ExceptionGroup[Exception]) -> Iterator[Exception]:
    """Yields the errors of a group and of the groups inside it."""
    for each in group.exceptions:
        if isinstance(each, ExceptionGroup):
            yield from errors_in(each)
        else:
            yield each


def handler_of(app: FastAPI, error: Exception) -> ExceptionHandler | None:
    """Returns what answers the error when it is raised alone."""
    kinds = [kind for kind in type(error).__mro__ if kind is not Exception]
    return next((found for kind in kinds if (found := app.exception_handlers.get(kind))), None)
