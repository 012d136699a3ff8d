"""The settings of the graph database."""

from pydantic import BaseModel, ConfigDict, Field, SecretStr


class Neo4jSettings(BaseModel):
    """Where the graph database is, and how long to wait for it."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    uri: str = Field(
        default="neo4j+s://localhost:7687",
        pattern=r"^(neo4j|bolt)(\+s)?://[A-Za-z0-9.-]+(:[0-9]{1,5})?$",
    )
    """With +s the server's certificate and name are verified; there is no TLS without that."""
    username: str = Field(min_length=1)
    password: SecretStr
    database: str = Field(default="neo4j", min_length=1)
    application: str = Field(default="service", min_length=1)
    """The service's name, as the store's own logs and lists of sessions show it."""
    connections: int = Field(default=20, ge=1)
    """As many transactions run at once; others wait, and are refused when that takes too long."""
    connect_seconds: float = Field(default=3, gt=0)
    timeout_seconds: float = Field(default=5, gt=0)
    """For a transaction from the wait for a connection to its commit, all attempts together."""
