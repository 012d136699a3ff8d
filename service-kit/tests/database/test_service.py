"""The database as a part of a service."""

import pytest
from fastapi import APIRouter, Response

from gennet_service_kit.application import create_service
from gennet_service_kit.database.connections import Database
from gennet_service_kit.database.settings import PostgresSettings
from gennet_service_kit.idempotency.key import UsesIdempotencyKey
from gennet_service_kit.settings import ServiceSettings
from gennet_service_kit.testing.door import Door
from gennet_service_kit.testing.talking import talking_to

from .test_idempotency import Item, NewItem, PostgresItems

pytestmark = pytest.mark.anyio


async def test_a_service_answers_with_its_database_and_without_it(
    postgres: PostgresSettings,
) -> None:
    door = Door(postgres.host, postgres.port)
    await door.open()
    database = Database(postgres.model_copy(update={"port": door.port}))
    items = PostgresItems(database)
    router = APIRouter()

    @router.post("/items", status_code=201)
    async def add_item(new: NewItem, key: UsesIdempotencyKey, response: Response) -> Item:
        item = await items.add(new, key)
        response.headers["location"] = f"/items/{item.id}"
        return item

    app = create_service(ServiceSettings(), name="orders", routers=[router], components=[database])
    headers = {"idempotency-key": "1"}
    async with talking_to(app) as client:
        first = await client.post("/items", json={"name": "a"}, headers=headers)
        again = await client.post("/items", json={"name": "a"}, headers=headers)
        other = await client.post("/items", json={"name": "b"}, headers=headers)
        conflict = await client.post("/items", json={"name": "a"})
        await door.shut()
        without = await client.post("/items", json={"name": "c"})

    assert (first.status_code, again.status_code, again.content) == (201, 201, first.content)
    assert first.headers["location"] == again.headers["location"]
    assert (other.status_code, conflict.status_code) == (422, 409)
    assert (without.status_code, without.headers["retry-after"]) == (503, "1")
    assert without.headers["content-type"] == "application/problem+json"


async def test_a_service_is_ready_while_its_database_can_be_written(
    shared_postgres: PostgresSettings,
) -> None:
    database = Database(shared_postgres)

    [check] = database.checks

    assert (check.name, check.required) == ("database", True)
    async with database:
        await check.ask()
