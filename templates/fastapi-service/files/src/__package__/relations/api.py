<% const { module, modules, type, path } = it.entity; -%>
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, status

from .model import RelatedPage
from .relations import Relations


def relation_routes(relations: Relations) -> APIRouter:
<% const prefix = `prefix="/${path}/{${module}_id:uuid}/related"`; -%>
<%= it.python.laidOut("    router = ", ["APIRouter", prefix, 'tags=["relations"]']) %>

    @router.get("")
    async def list_related(
        <%= module %>_id: UUID,
        depth: Annotated[int, Query(ge=1, le=3)] = 1,
        limit: Annotated[int, Query(ge=1, le=100)] = 50,
    ) -> RelatedPage:
        """What is at most `depth` relations away."""
        return RelatedPage(items=await relations.related(<%= module %>_id, depth, limit))

    @router.put("/{other_id:uuid}", status_code=status.HTTP_204_NO_CONTENT)
    async def relate(<%= module %>_id: UUID, other_id: UUID) -> None:
        """Relates both to each other; nothing changes where they are related already."""
        await relations.relate(<%= module %>_id, other_id)

    @router.delete("/{other_id:uuid}", status_code=status.HTTP_204_NO_CONTENT)
    async def part(<%= module %>_id: UUID, other_id: UUID) -> None:
        """Nothing changes where they are not related."""
        await relations.part(<%= module %>_id, other_id)

    return router
