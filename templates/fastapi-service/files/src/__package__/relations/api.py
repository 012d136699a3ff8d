from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, status

from .model import RelatedItems
from .relations import Relations


def relation_routes(relations: Relations) -> APIRouter:
    router = APIRouter(prefix="/items/{item_id}/related", tags=["relations"])

    @router.get("")
    async def list_related(
        item_id: UUID,
        depth: Annotated[int, Query(ge=1, le=3)] = 1,
        limit: Annotated[int, Query(ge=1, le=100)] = 50,
    ) -> RelatedItems:
        """Items that are at most `depth` relations away."""
        return RelatedItems(items=await relations.related(item_id, depth, limit))

    @router.put("/{other_id}", status_code=status.HTTP_204_NO_CONTENT)
    async def relate(item_id: UUID, other_id: UUID) -> None:
        """Relates both to each other; nothing changes where they are related already."""
        await relations.relate(item_id, other_id)

    @router.delete("/{other_id}", status_code=status.HTTP_204_NO_CONTENT)
    async def part(item_id: UUID, other_id: UUID) -> None:
        """Nothing changes where they are not related."""
        await relations.part(item_id, other_id)

    return router
