"""What every gennet service shares, as parts that can be used one by one.

`application` puts a FastAPI application together from routers and components. The components are
`calls` (HTTP clients with circuit breakers), `database` (PostgreSQL), `cache` (Redis) and `graph`
(Neo4j); each needs the extra of its name. `testing` runs the same stores for a service's tests.
"""

from importlib.metadata import version

__version__ = version("gennet-service-kit")
