from pydantic import BaseModel, ConfigDict, Field


class BreakerSettings(BaseModel):
    """When a breaker opens, and for how long."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    consecutive_failures: int = Field(default=5, ge=1)
    failure_rate: float = Field(default=0.5, gt=0, le=1)
    minimum_calls: int = Field(default=20, ge=1, le=1000)
    """So many calls within the window before the rate means anything."""
    window_seconds: float = Field(default=30, gt=0)
    open_seconds: float = Field(default=10, gt=0)
    jitter: float = Field(default=0.2, ge=0, lt=1)
    """By which share the open time varies, so that replicas do not probe at the same moment."""


class RetrySettings(BaseModel):
    """How often an idempotent call is made, and how long to wait in between."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    attempts: int = Field(default=3, ge=1, le=10)
    first_wait_seconds: float = Field(default=0.1, gt=0)
    longest_wait_seconds: float = Field(default=2, gt=0)


class CallSettings(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    timeout_seconds: float = Field(default=5, gt=0)
    """For one attempt, from the connection to the last byte of the answer."""
    connections: int = Field(default=50, ge=1)
    """To one target: a slow one cannot take all of the service."""
    breaker: BreakerSettings = BreakerSettings()
    retries: RetrySettings = RetrySettings()
