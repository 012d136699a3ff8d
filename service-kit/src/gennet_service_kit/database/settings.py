"""Where PostgreSQL is, and how long to wait for it."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, FilePath, SecretStr

Name = Annotated[str, Field(min_length=1)]


class PostgresSettings(BaseModel):
    """Where the database is, and how long to wait for it. A service subclasses it for its names."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    application: Name = "service"
    """The service's name, as the store's own logs and lists of sessions show it."""
    host: Name = "localhost"
    port: int = Field(default=5432, ge=1, le=65535)
    reader_host: Name | None = None
    """The server of `Database.reading`, such as a replica nearby; by default that of `host`."""
    database: Name
    user: Name
    password: SecretStr
    owner: Name
    """The role that the schema belongs to: it has no login, every login is a member of it."""
    tls: Literal["verify-full", "off"] = "verify-full"
    ca_file: FilePath | None = None
    """The authorities that may have signed the server's certificate; by default the system's."""
    tls_names: str = ""
    """The names, separated by spaces, of which the server's certificate must have one.

    By default it must have `host`. For a host that is a name of its own for whichever server takes
    writes at the moment.
    """
    read_only: bool = False
    """Whether the server is a replica by choice: then it is ready when it can be read.

    Changes are answered with 503, and migrations are left to the source.
    """
    pooler: Literal["none", "transaction"] = "none"
    """`transaction` behind PgBouncer with pool_mode=transaction, or behind RDS Proxy."""
    pool_size: int = Field(default=5, ge=1, le=100)
    pool_seconds: float = Field(default=2, gt=0)
    """How long a request waits for a connection while all are in use."""
    pool_waiting: int = Field(default=100, ge=0)
    """How many requests wait at most: any more are refused at once."""
    connect_seconds: float = Field(default=3, gt=0)
    statement_seconds: float = Field(default=5, gt=0)
    idle_seconds: float = Field(default=10, gt=0)
    """How long a transaction may be idle between two statements; then the server ends it."""
    check_seconds: float = Field(default=1, gt=0)
    """How long readiness waits: to connect, and for each answer."""
    lock_seconds: float = Field(default=5, gt=0)
    """How long a migration waits for a table, and everyone who wants the table waits behind it."""
    turn_seconds: float = Field(default=300, gt=0)
    """How long a migration waits until another one has ended."""
