"""Which errors mean that the database cannot be used at the moment, and why."""

import ssl
from collections.abc import Iterator
from dataclasses import dataclass

from .errors import DatabaseUnavailableError, TransactionConflictError


@dataclass(frozen=True)
class Reason:
    """Why the database cannot be used."""

    text: str
    hint: str | None = None
    leave: bool = False
    """Whether the connections to this server are useless: new ones resolve its name again."""
    conflict: bool = False
    """Whether the transaction may be repeated."""


LOST = Reason(
    "connection lost",
    "Where the server runs: was the transaction idle for longer than APP_POSTGRES__IDLE_SECONDS?",
    leave=True,
)
SILENT = Reason("no answer in time", leave=True)
LOGIN = Reason(
    "login refused", "After a rotation of the password, restart the pods: they read it at start."
)
READ_ONLY = Reason(
    "server is read-only",
    "It is a replica, a former primary, or was set to read only: point the service to the primary.",
    leave=True,
)
POOLER = Reason(
    "a pooler refuses the session's settings",
    "Set APP_POSTGRES__POOLER=transaction behind PgBouncer or RDS Proxy.",
)

# https://www.postgresql.org/docs/current/errcodes-appendix.html: a code, or its class.
REASONS = {
    "08": LOST,
    "25006": READ_ONLY,
    "25P03": Reason("transaction was idle for too long"),
    "25P04": Reason("transaction took too long"),
    "28": Reason("login refused"),
    "28P01": LOGIN,
    "3D000": Reason("database does not exist"),
    "40001": Reason("serialization failure", conflict=True),
    "40P01": Reason("deadlock", conflict=True),
    "53": Reason("server is out of resources"),
    "53100": Reason("disk full", "Give the server more storage."),
    "53200": Reason("server is out of memory"),
    "53300": Reason("too many connections", "Lower APP_POSTGRES__POOL_SIZE, or raise the limit."),
    "55P03": Reason("lock timeout"),
    "57014": Reason("statement timeout"),
    "57P01": Reason("server is shutting down", leave=True),
    "57P02": Reason("server crashed", leave=True),
    "57P03": Reason("server is starting up", leave=True),
    "57P04": Reason("database was dropped", leave=True),
    "57P05": Reason("session was idle for too long"),
    "58000": Reason("system error of the server"),
    "58030": Reason("input or output error of the server"),
}


def reason_of(error: BaseException) -> Reason | None:
    """Returns why the database cannot be used; None where the statement itself was wrong."""
    # The error that the server gave for ending a connection is the cause of the lost connection.
    for each in reversed(list(chain_of(error))):
        code = sqlstate_of(each)
        found = REASONS.get(code) or REASONS.get(code[:2])
        if found is not None:
            return found
    if isinstance(error, TimeoutError):
        return SILENT
    if isinstance(error, OSError):
        return LOST
    return None


def reason_for_no_connection(error: Exception) -> Reason:
    """Returns why a connection cannot be made, of an error while it is being made."""
    if isinstance(error, DatabaseUnavailableError):
        return Reason(error.reason, error.hint)
    found = reason_of(error)
    # PgBouncer writes "unsupported startup parameter", RDS Proxy "Feature not supported".
    if "startup parameter" in str(error) or sqlstate_of(error) == "0A000":
        return POOLER
    if isinstance(error, ssl.SSLCertVerificationError):
        return Reason("certificate refused", "Set APP_POSTGRES__CA_FILE and the server's own name.")
    if isinstance(error, OSError) and not isinstance(error, TimeoutError):
        return Reason(f"cannot connect: {first_line(error)}")
    return found or Reason(f"cannot connect: {first_line(error)}")


def unavailable(reason: Reason) -> DatabaseUnavailableError:
    """Returns the error to raise."""
    if reason.conflict:
        return TransactionConflictError(reason.text)
    return DatabaseUnavailableError(reason.text, reason.hint)


def chain_of(error: BaseException) -> Iterator[BaseException]:
    """Yields the error and its causes."""
    each: BaseException | None = error
    while each is not None:
        yield each
        each = each.__cause__


def sqlstate_of(error: BaseException) -> str:
    """Returns the server's code of five characters, or nothing."""
    return str(getattr(error, "sqlstate", None) or "")


def first_line(error: BaseException) -> str:
    """Returns what happened, without the details, in which values of users may be."""
    return next(iter(str(error).splitlines()), "") or type(error).__qualname__
