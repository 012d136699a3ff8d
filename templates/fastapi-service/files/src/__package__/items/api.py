from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response, status

from .model import Item, ItemPage, NewItem
from .store import ItemStore


def item_routes(store: ItemStore) -> APIRouter:
    router = APIRouter(prefix="/items", tags=["items"])

    @router.post("", status_code=status.HTTP_201_CREATED)
    async def add_item(new: NewItem, request: Request, response: Response) -> Item:
        item = await store.add(new)
        response.headers["location"] = request.app.url_path_for("get_item", item_id=item.id)
        return item

    @router.get("")
    async def list_items(
        limit: Annotated[int, Query(ge=1, le=100)] = 50,
        after: UUID | None = None,
    ) -> ItemPage:
        return await store.page(limit, after)

    @router.get("/{item_id:uuid}")
    async def get_item(item_id: UUID) -> Item:
        return await store.get(item_id)

    @router.delete("/{item_id:uuid}", status_code=status.HTTP_204_NO_CONTENT)
    async def remove_item(item_id: UUID) -> None:
        await store.remove(item_id)

    return router
