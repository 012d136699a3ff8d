from neo4j import AsyncDriver, AsyncGraphDatabase

from .. import SERVICE
from .settings import Neo4jSettings

# A load balancer of AWS forgets an idle connection after 350 s, without a word.
IDLE_SECONDS = 60


def connect(settings: Neo4jSettings, connections: int) -> AsyncDriver:
    """A driver with at most that many connections to each server; it connects when it is used."""
    return AsyncGraphDatabase.driver(
        settings.uri,
        auth=(settings.username, settings.password.get_secret_value()),
        user_agent=SERVICE,
        max_connection_pool_size=connections,
        connection_timeout=settings.connect_seconds,
        connection_acquisition_timeout=settings.timeout_seconds,
        max_transaction_retry_time=settings.timeout_seconds,
        liveness_check_timeout=IDLE_SECONDS,
        notifications_min_severity="OFF",
    )
