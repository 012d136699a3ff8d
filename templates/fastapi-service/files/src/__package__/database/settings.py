from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, FilePath, SecretStr

Name = Annotated[str, Field(min_length=1)]


class PostgresSettings(BaseModel):
    """Where the database is, and how long to wait for it."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    host: Name = "localhost"
    port: int = Field(default=5432, ge=1, le=65535)
    database: Name = "<%= it.package %>"
    user: Name
    password: SecretStr
    owner: Name = "<%= it.package %>"
    """The role that the schema belongs to: it has no login, every login is a member of it."""
    tls: Literal["verify-full", "off"] = "verify-full"
    ca_file: FilePath | None = None
    """The authorities that may have signed the server's certificate; by default the system's."""
    pool_size: int = Field(default=5, ge=1, le=100)
    pool_seconds: float = Field(default=2, gt=0)
    """How long a request waits for a connection while all are in use."""
    connect_seconds: float = Field(default=3, gt=0)
    statement_seconds: float = Field(default=5, gt=0)
    lock_seconds: float = Field(default=5, gt=0)
    """How long a migration waits for a table, with everyone who wants the table after it."""
    turn_seconds: float = Field(default=300, gt=0)
    """How long a migration waits for another one to end."""
