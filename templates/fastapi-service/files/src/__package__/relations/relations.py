<% const { name, plural, one, module, modules, type } = it.entity; -%>
from uuid import UUID

from gennet_service_kit.problems import ConflictError, NotFoundError

from ..<%= modules %>.store import <%= type %>Store
from .model import Related<%= type %>
from .store import RelationStore


class Relations:
    """Which <%= plural %> are related. Raises NotFoundError for one that does not exist."""

    def __init__(self, <%= modules %>: <%= type %>Store, store: RelationStore) -> None:
        self._<%= modules %> = <%= modules %>
        self._store = store

    async def relate(self, one: UUID, other: UUID) -> None:
        if one == other:
            raise ConflictError("<%= one[0].toUpperCase() + one.slice(1) %> is not related to itself.")
        await self._require(one, other)
        await self._store.relate(one, other)
        for each in (one, other):
            try:
                await self._require(each)
            except NotFoundError:
                # It was removed meanwhile, perhaps from the graph before it got there.
                await self._store.forget(each)
                raise

    async def part(self, one: UUID, other: UUID) -> None:
        await self._require(one, other)
        await self._store.part(one, other)

    async def related(self, one: UUID, depth: int, limit: int) -> list[Related<%= type %>]:
        """At most `limit` that are no more than `depth` relations away, the nearest first."""
        await self._require(one)
        return await self._store.related(one, depth, limit)

    async def _require(self, *ids: UUID) -> None:
        for each in ids:
            await self._<%= modules %>.get(each)
