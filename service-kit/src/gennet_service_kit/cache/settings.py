"""Settings of the cache."""

from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator


def application_of(data: dict[str, Any]) -> str:
    """Returns the service's name out of the settings that are validated already."""
    return str(data["application"])


class RedisSettings(BaseModel):
    """Where Redis (7.0 or newer, or Valkey) is, and how much is kept there for how long."""

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
    connections: int = Field(default=3, ge=2)
    """One of them is subscribed; on each of the others many commands wait for answers at a time."""
    connect_seconds: float = Field(default=0.5, gt=0)
    """For a connection, with TLS and the login."""
    response_seconds: float = Field(default=0.25, gt=0)
    """For the answer to a command. Redis is unreachable when nothing at all is answered in it."""
    ttl_seconds: float = Field(default=300, ge=0.1)
    """The longest that a value is kept, and so out of date, whatever is lost.

    After the crash of a replica or a failover of Redis, `presence_seconds` counts instead.
    """
    ttl_jitter: float = Field(default=0.1, ge=0, lt=1)
    """The share by which that is shorter, so that values stored together do not end together."""
    lease_seconds: float = Field(default=10, ge=0.1)
    """A value whose load takes longer is not put into the cache."""
    max_value_bytes: int = Field(default=64 * 1024, ge=1)
    """A larger value is not put into the cache."""
    near_seconds: float = Field(default=5, gt=0)
    """For a value in the memory of a replica, should it not hear of a change."""
    near_entries: int = Field(default=1000, ge=1)
    """The values in the memory of a replica, each of up to `max_value_bytes`."""
    heartbeat_seconds: float = Field(default=1, gt=0)
    """How often a replica makes sure that Redis answers and takes writes."""
    presence_seconds: float = Field(default=7, gt=0)
    """After which a silent replica counts as dead: then all values are loaded again.

    It may have died before it dropped what it changed. By default it is longer than a replica that
    lives needs to reach Redis again: `longest_wait_seconds`, a heartbeat, and the connection.
    """
    first_wait_seconds: float = Field(default=0.1, gt=0)
    """Before the second attempt to reach Redis, at most; then twice as long each time."""
    longest_wait_seconds: float = Field(default=5, gt=0)
    """Before any attempt, at most."""

    @model_validator(mode="after")
    def _one_late_heartbeat_is_no_silence(self) -> Self:
        if self.presence_seconds < 2 * self.heartbeat_seconds:
            raise ValueError("presence_seconds must be at least twice heartbeat_seconds")
        return self
