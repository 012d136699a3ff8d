from collections.abc import AsyncIterator

import pytest

from gennet_service_kit.graph.graph import Graph
from gennet_service_kit.graph.settings import Neo4jSettings

from .work import CONSTRAINTS


@pytest.fixture
async def graph(neo4j_settings: Neo4jSettings) -> AsyncIterator[Graph]:
    async with Graph(neo4j_settings, CONSTRAINTS) as graph:
        yield graph
