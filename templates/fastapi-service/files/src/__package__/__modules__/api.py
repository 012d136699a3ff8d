<% const { module, modules, type, path } = it.entity; -%>
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response, status
from gennet_service_kit.idempotency.key import UsesIdempotencyKey

<%= it.python.importing(".model", `New${type}`, type, `${type}Page`) %>
from .store import <%= type %>Store


def <%= module %>_routes(store: <%= type %>Store) -> APIRouter:
    router = APIRouter(prefix="/<%= path %>", tags=["<%= it.entity.plural %>"])

    @router.post("", status_code=status.HTTP_201_CREATED)
    async def add_<%= module %>(
        new: New<%= type %>, key: UsesIdempotencyKey, request: Request, response: Response
    ) -> <%= type %>:
        <%= module %> = await store.add(new, key)
        url = request.app.url_path_for("get_<%= module %>", <%= module %>_id=<%= module %>.id)
        response.headers["location"] = url
        return <%= module %>

    @router.get("")
    async def list_<%= modules %>(
        limit: Annotated[int, Query(ge=1, le=100)] = 50,
        after: str | None = None,
    ) -> <%= type %>Page:
        return await store.page(limit, after)

    @router.get("/{<%= module %>_id:uuid}")
    async def get_<%= module %>(<%= module %>_id: UUID) -> <%= type %>:
        return await store.get(<%= module %>_id)

    @router.delete("/{<%= module %>_id:uuid}", status_code=status.HTTP_204_NO_CONTENT)
    async def remove_<%= module %>(<%= module %>_id: UUID) -> None:
        await store.remove(<%= module %>_id)

    return router
