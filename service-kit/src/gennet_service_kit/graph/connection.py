"""How the driver connects."""

from neo4j import AsyncDriver, AsyncGraphDatabase

from .settings import Neo4jSettings

# AWS load balancers drop idle connections after 350 s without closing them.
IDLE_SECONDS = 60


def connect(settings: Neo4jSettings, connections: int) -> AsyncDriver:
    """Returns a driver with at most that many connections to each server.

    It connects when it is used. Its own time-outs bound everything but the wait for an answer.
    """
    return AsyncGraphDatabase.driver(
        settings.uri,
        auth=(settings.username, settings.password.get_secret_value()),
        user_agent=settings.application,
        max_connection_pool_size=connections,
        connection_timeout=settings.connect_seconds,
        connection_write_timeout=settings.timeout_seconds,
        connection_acquisition_timeout=settings.timeout_seconds,
        liveness_check_timeout=IDLE_SECONDS,
        notifications_min_severity="OFF",
    )
