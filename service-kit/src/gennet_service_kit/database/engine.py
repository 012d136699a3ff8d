"""SQLAlchemy's engine on those connections, and what its errors mean."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from .driver import DriverConnection, Server
from .errors import ChangeRefusedError
from .reasons import LOST, READ_ONLY, chain_of, first_line, reason_of, sqlstate_of, unavailable
from .spans import trace_statements

FAILURE = "gennet_failure"
"""The key of the error that ended a connection's transaction, in its `info`."""


def create_engine(
    server: Server, session: Mapping[str, str], *, command_seconds: float | None, **pool: Any
) -> AsyncEngine:
    """Returns an engine whose statements are spans, and whose errors are explained.

    `session` is what the server sets for each login. No error has values of users in it.
    """

    async def open_() -> DriverConnection:
        return await server.open(
            session,
            connect_seconds=server.settings.connect_seconds,
            command_seconds=command_seconds,
        )

    engine = create_async_engine(
        "postgresql+asyncpg://", async_creator=open_, hide_parameters=True, **pool
    )
    # Before `explain`: it raises, and then no other listener is called.
    trace_statements(engine.sync_engine, server.settings)
    if server.settings.read_only:
        event.listen(engine.sync_engine, "handle_error", refuse_change)
    event.listen(engine.sync_engine, "handle_error", explain)
    return engine


def refuse_change(context: ExceptionContext) -> None:
    """Raises ChangeRefusedError where a replica was asked for a change: it is right to refuse."""
    if reason_of(context.original_exception) is READ_ONLY:
        raised = ChangeRefusedError(READ_ONLY.text)
        remember(context, raised)
        raise raised


def explain(context: ExceptionContext) -> None:
    """Raises DatabaseUnavailableError where the statement is not to blame for its error."""
    error = context.original_exception
    if not isinstance(error, Exception):
        return
    reason = reason_of(error) or (LOST if context.is_disconnect else None)
    if reason is None:
        hide_values(context)
        remember(context)
        return
    if isinstance(error, TimeoutError):
        # Otherwise it would be asked to close, and waited for.
        terminate(context)
    if reason.leave:
        # SQLAlchemy then replaces this connection and, before their next use, all others.
        context.is_disconnect = True
    raised = unavailable(reason)
    remember(context, raised)
    raise raised


def remember(context: ExceptionContext, raised: Exception | None = None) -> None:
    """Keeps the error for the commit: outside of a savepoint it ends the whole transaction."""
    connection = context.connection
    if connection is None or connection.invalidated or connection.in_nested_transaction():
        return
    connection.info[FAILURE] = raised or context.sqlalchemy_exception


def terminate(context: ExceptionContext) -> None:
    """Closes the connection without a word."""
    if context.connection is not None and not context.connection.invalidated:
        driver = context.connection.connection.driver_connection
        if driver is not None:
            driver.terminate()


def hide_values(context: ExceptionContext) -> None:
    """Removes what users sent: it is in details, and in whole messages about wrong data."""
    shown = context.sqlalchemy_exception
    for error in chain_of(context.original_exception):
        # asyncpg adds them to its message when it is shown.
        for part in ("detail", "hint"):
            if hasattr(error, part):
                setattr(error, part, None)
        wrong_data = sqlstate_of(error).startswith("22") or "DataError" in type(error).__name__
        text = "invalid data" if wrong_data else first_line(error)
        error.args = (text,)
        if shown is not None and error is context.original_exception:
            shown.args = (f"({type(error).__name__}) {text}",)
