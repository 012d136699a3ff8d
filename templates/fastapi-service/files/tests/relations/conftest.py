import pytest
from fastapi import FastAPI

from <%= it.package %>.app import create_app
from <%= it.package %>.graph.graph import Graph
from <%= it.package %>.items.store import (
    InMemoryItems,
)
from <%= it.package %>.parts import Parts
from <%= it.package %>.relations.api import (
    relation_routes,
)
from <%= it.package %>.relations.item_store import (
    RelatedItemStore,
)
from <%= it.package %>.relations.relations import (
    Relations,
)
from <%= it.package %>.relations.store import (
    RelationStore,
)


@pytest.fixture
def relation_store(graph: Graph) -> RelationStore:
    return RelationStore(graph)


@pytest.fixture
def items() -> InMemoryItems:
    return InMemoryItems()


@pytest.fixture
def app(items: InMemoryItems, relation_store: RelationStore) -> FastAPI:
    """Relations in the graph, and items in memory."""
    routes = relation_routes(Relations(items, relation_store))
    return create_app(parts=Parts(items=RelatedItemStore(items, relation_store), routes=[routes]))
