"""What the environment sets for every service."""

from typing import Literal, TypeVar

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError

MIB = 1024 * 1024
LOCAL = "local"


def in_cluster(service: str) -> str:
    """Returns the URL of a service of the platform: its namespace has its name."""
    return f"http://{service}.{service}.svc.cluster.local"


class ServiceSettings(BaseSettings):
    """Settings that every service has; its own are fields of a subclass.

    Each is read from the variable `APP_` and its name; `__` reaches into a group. A value is never
    repeated in an error: it may be a secret.
    """

    model_config = SettingsConfigDict(
        env_prefix="APP_", env_nested_delimiter="__", frozen=True, hide_input_in_errors=True
    )

    environment: str = Field(default=LOCAL, min_length=1)
    region: str = Field(default="none", min_length=1)
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    docs: bool | None = None
    """Whether /docs shows the API; by default in the environment `local` alone."""

    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    shutdown_seconds: int = Field(default=20, ge=0, le=600)
    """How long running requests may take to end after SIGTERM."""
    flush_seconds: float = Field(default=2, ge=0, le=60)
    """How long the collector may then take for the traces and metrics that are left."""

    request_seconds: float = Field(default=30, gt=0, le=3600)
    """How long a request may take until its answer begins. A caller may give less."""
    max_requests: int = Field(default=256, ge=1)
    """How many requests are answered at the same time; more are refused with 503."""
    max_body_bytes: int = Field(default=4 * MIB, ge=0)
    """A larger request is refused with 413."""
    max_buffered_bytes: int = Field(default=32 * MIB, ge=0)
    """The most that the bodies of all running requests may have together; more get 503."""

    max_connections: int = Field(default=1024, ge=1)
    """With more, idle connections are closed, and those without a complete request."""
    header_seconds: float = Field(default=10, gt=0)
    """How long the headers of a request may take."""
    keep_alive_seconds: int = Field(default=75, ge=0)
    """How long a connection may wait for its next request."""
    stall_seconds: float = Field(default=30, gt=0)
    """How long a client may leave an answer unread."""

    @property
    def shows_docs(self) -> bool:
        """Returns whether /docs shows the API."""
        return self.environment == LOCAL if self.docs is None else self.docs


AnySettings = TypeVar("AnySettings", bound=BaseSettings)


def load_settings(settings: type[AnySettings]) -> AnySettings:
    """Returns the settings of the environment.

    Ends the process with an explanation for each variable that is not valid.
    """
    try:
        return settings()
    except ValidationError as error:
        raise SystemExit(explain(error, settings)) from None
    except SettingsError as error:
        # A group that is not JSON; the message has the names of the field and of the source only.
        raise SystemExit(f"The settings are not valid:\n  {error}") from None


def explain(error: ValidationError, settings: type[BaseSettings]) -> str:
    """Returns one line for each variable, under the name that it has in the environment."""
    prefix = settings.model_config.get("env_prefix", "")
    nested = settings.model_config.get("env_nested_delimiter") or "__"
    lines = (
        f"  {prefix}{nested.join(str(part) for part in problem['loc']).upper()}: {problem['msg']}"
        for problem in error.errors(include_input=False, include_url=False)
    )
    return "\n".join(["The settings are not valid:", *lines])
