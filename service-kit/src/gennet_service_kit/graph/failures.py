"""Which errors of the driver are outages, and how they are named in the log."""

from neo4j.exceptions import (
    ConfigurationError,
    ConnectionPoolError,
    Neo4jError,
    ServiceUnavailable,
    SessionExpired,
)

# Of the server: https://neo4j.com/docs/status-codes/current/. All others are mistakes in a query.
OUTAGES = (
    "Neo.ClientError.Cluster.",
    "Neo.ClientError.Database.",
    "Neo.ClientError.General.ForbiddenOnReadOnlyDatabase",
    "Neo.ClientError.General.ReadOnly",
    "Neo.ClientError.Security.",
    "Neo.ClientError.Transaction.InvalidBookmark",
    "Neo.ClientError.Transaction.LockClientStopped",
    "Neo.ClientError.Transaction.Terminated",
    "Neo.ClientError.Transaction.TransactionTimedOut",
    "Neo.DatabaseError.",
    "Neo.TransientError.",
)
BOOKMARKS = (
    "Neo.ClientError.Transaction.InvalidBookmark",
    "Neo.TransientError.Transaction.BookmarkTimeout",
)
# What a query has found was removed by another transaction before this one could lock it, as when
# one deletes the node that another merges. The server does not count it among the transient ones,
# as a query may also use what its own transaction has deleted.
REMOVED = "Neo.ClientError.Statement.EntityNotFound"


class GraphError(Exception):
    """The graph cannot be used at the moment; the message is for the log."""


class OverdueError(GraphError):
    """The graph did not answer in time."""


class BusyError(GraphError):
    """All connections were in use for too long; the graph itself may be healthy."""


def is_outage(error: BaseException) -> bool:
    """Returns whether the graph failed, and not the query."""
    if isinstance(error, Neo4jError):
        return error.code.startswith(OUTAGES)
    return isinstance(
        error,
        (
            ConfigurationError,
            ConnectionPoolError,
            GraphError,
            ServiceUnavailable,
            SessionExpired,
        ),
    )


def explain(error: BaseException) -> str:
    """Returns the server's code of an error, without its message: that may quote values."""
    if isinstance(error, Neo4jError):
        return error.code
    return " ".join(f"{type(error).__qualname__}: {error}".split())
