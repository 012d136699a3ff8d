"""A service whose items are in memory, for the tests of what is around its routes."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID, uuid4

from fastapi import APIRouter, FastAPI, Query, Request, Response, status
from pydantic import BaseModel, ConfigDict, Field

from gennet_service_kit.application import create_service
from gennet_service_kit.component import Component
from gennet_service_kit.problems import ConflictError, NotFoundError
from gennet_service_kit.server import serve
from gennet_service_kit.settings import ServiceSettings


class NewItem(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    name: str = Field(min_length=1, max_length=100)


class Item(NewItem):
    id: UUID


class ItemPage(BaseModel):
    items: list[Item]


def item_routes() -> APIRouter:
    router = APIRouter(prefix="/items", tags=["items"])
    items: dict[UUID, Item] = {}

    @router.post("", status_code=status.HTTP_201_CREATED)
    async def add_item(new: NewItem, request: Request, response: Response) -> Item:
        if any(item.name == new.name for item in items.values()):
            raise ConflictError(f'There is an item named "{new.name}" already.')
        item = Item(id=uuid4(), name=new.name)
        items[item.id] = item
        response.headers["location"] = request.app.url_path_for("get_item", item_id=item.id)
        return item

    @router.get("")
    async def list_items(limit: Annotated[int, Query(ge=1, le=100)] = 50) -> ItemPage:
        return ItemPage(items=list(items.values())[:limit])

    @router.get("/{item_id:uuid}")
    async def get_item(item_id: UUID) -> Item:
        if item_id not in items:
            raise NotFoundError("There is no such item.")
        return items[item_id]

    return router


def create_app(
    settings: ServiceSettings | None = None,
    *,
    routers: Sequence[APIRouter] = (),
    components: Sequence[Component] = (),
) -> FastAPI:
    return create_service(
        settings if settings is not None else ServiceSettings(),
        name="sample",
        routers=[item_routes(), *routers],
        components=components,
    )


if __name__ == "__main__":
    serve(create_app, ServiceSettings, name="sample")
