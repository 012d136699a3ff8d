pytest_plugins = [
    "gennet_service_kit.testing.fixtures",
    "gennet_service_kit.testing.redis_fixtures",
]
