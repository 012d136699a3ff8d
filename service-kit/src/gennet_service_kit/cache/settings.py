"""Settings of the cache."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, SecretStr


def application_of(data: dict[str, Any]) -> str:
    """Returns the service's name out of the settings that are validated already."""
    return str(data["application"])


class RedisSettings(BaseModel):
    """Where Redis (7.0 or newer, or Valkey) is, and how long anything may be kept there."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    application: str = Field(default="service", min_length=1)
    """The service's name, as the store's own logs and lists of sessions show it."""
    host: str = Field(default="127.0.0.1", min_length=1)
    port: int = Field(default=6379, ge=1, le=65535)
    database: int = Field(default=0, ge=0)
    username: str | None = None
    password: SecretStr | None = None
    tls: bool = False
    """With it the server's certificate and name are verified: always."""
    prefix: str = Field(default_factory=application_of, min_length=1)
    """What the names of all keys, and of the channel, begin with."""
    connections: int = Field(default=20, ge=2)
    connect_seconds: float = Field(default=0.5, gt=0)
    response_seconds: float = Field(default=0.25, gt=0)
    """For the answer to one command, and for a free connection."""
    ttl_seconds: float = Field(default=300, ge=0.1)
    """The longest that a value may be out of date, whatever is lost."""
    ttl_jitter: float = Field(default=0.1, ge=0, lt=1)
    """By which share that is shorter, so that what was stored together does not end together."""
    lease_seconds: float = Field(default=10, ge=0.1)
    """What takes longer to be read from the store is not put into the cache."""
    near_seconds: float = Field(default=5, gt=0)
    """For a value in the memory of a replica, should it not hear of a change."""
    near_entries: int = Field(default=1000, ge=1)
    heartbeat_seconds: float = Field(default=1, gt=0)
    """How soon a replica notices that it hears nothing any more."""
    first_wait_seconds: float = Field(default=0.1, gt=0)
    """Before the second attempt to reach Redis, at most; then twice as long."""
    longest_wait_seconds: float = Field(default=5, gt=0)
