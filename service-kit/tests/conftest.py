pytest_plugins = [
    "gennet_service_kit.testing.fixtures",
    "gennet_service_kit.testing.neo4j_fixtures",
    "gennet_service_kit.testing.postgres_fixtures",
    "gennet_service_kit.testing.redis_fixtures",
]
