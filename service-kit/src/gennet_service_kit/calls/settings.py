"""Settings of calls to other services."""

from pydantic import BaseModel, ConfigDict, Field

STRICT = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True, allow_inf_nan=False)


class BreakerSettings(BaseModel):
    """When a circuit breaker opens, and for how long."""

    model_config = STRICT

    consecutive_failures: int = Field(default=5, ge=1)
    failure_rate: float = Field(default=0.5, gt=0, le=1)
    minimum_calls: int = Field(default=20, ge=1, le=1000)
    """So many calls within the window before the rate means anything."""
    window_seconds: float = Field(default=30, gt=0)
    open_seconds: float = Field(default=10, gt=0)
    jitter: float = Field(default=0.2, ge=0, lt=1)
    """By which share the open time varies, so that replicas do not probe at the same moment."""


class RetrySettings(BaseModel):
    """How often a call that may be repeated is made, and how long to wait in between."""

    model_config = STRICT

    attempts: int = Field(default=3, ge=1, le=10)
    first_wait_seconds: float = Field(default=0.1, gt=0)
    longest_wait_seconds: float = Field(default=2, gt=0)
    """Also the longest Retry-After that is waited for."""


class CallSettings(BaseModel):
    """Settings of all calls of a service; each target has its own connections and breaker."""

    model_config = STRICT

    timeout_seconds: float = Field(default=5, gt=0, le=3600)
    """For one attempt, from the connection to the last byte of the answer. A target that hangs
    opens its breaker only where callers give this service at least as much time."""
    connections: int = Field(default=50, ge=1)
    """To one target: a slow one cannot take all of the service."""
    max_answer_mib: float = Field(default=8, gt=0)
    """An answer of more mebibytes, before or after decompression, is a failed call."""
    breaker: BreakerSettings = BreakerSettings()
    retries: RetrySettings = RetrySettings()
