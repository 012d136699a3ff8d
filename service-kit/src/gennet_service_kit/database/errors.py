"""What is raised while the database cannot be used."""

from ..problems import UnavailableError

UNAVAILABLE = "The database is not available at the moment."
BUSY = "The service is busy at the moment."
CONFLICT = "Other requests changed the same data at the same time."
REFUSED = "Changes are not possible in this region: its database is a read replica."
UNKNOWN = "The database did not confirm the change: it was either made as a whole or not at all."


class DatabaseUnavailableError(UnavailableError):
    """The database, or a connection to it, cannot be used at the moment. Has the reason."""

    event = "database unavailable"
    """What the log calls it."""

    def __init__(self, reason: str, hint: str | None = None, detail: str = UNAVAILABLE) -> None:
        super().__init__(detail)
        self.reason = reason
        """For the log alone."""
        self.hint = hint
        """What to do about it, where that is known."""


class PoolExhaustedError(DatabaseUnavailableError):
    """All connections stayed in use. This shows nothing about the database."""

    event = "pool exhausted"

    def __init__(self, reason: str) -> None:
        super().__init__(reason, detail=BUSY)


class TransactionConflictError(DatabaseUnavailableError):
    """A deadlock or a serialization failure rolled the transaction back: it may be repeated."""

    event = "transaction conflict"

    def __init__(self, reason: str) -> None:
        super().__init__(reason, detail=CONFLICT)


class ChangeRefusedError(DatabaseUnavailableError):
    """The service only reads here, by choice. This shows nothing about the database."""

    event = "change refused"

    def __init__(self, reason: str) -> None:
        super().__init__(reason, detail=REFUSED)


class OutcomeUnknownError(DatabaseUnavailableError):
    """The answer to COMMIT was lost: the transaction may be committed. It must not be repeated."""

    event = "commit outcome unknown"

    def __init__(self, reason: str) -> None:
        super().__init__(reason, detail=UNKNOWN)
