from uuid import UUID

from ..items.store import ItemStore
from ..problems import ConflictError, NotFoundError
from .model import RelatedItem
from .store import RelationStore


class Relations:
    """Which items are related. Raises NotFoundError for one that is not in the store of items."""

    def __init__(self, items: ItemStore, store: RelationStore) -> None:
        self._items = items
        self._store = store

    async def relate(self, item: UUID, other: UUID) -> None:
        if item == other:
            raise ConflictError("An item is not related to itself.")
        await self._require(item, other)
        await self._store.relate(item, other)
        for each in (item, other):
            try:
                await self._require(each)
            except NotFoundError:
                # It was removed meanwhile, perhaps from the graph before it got there.
                await self._store.forget(each)
                raise

    async def part(self, item: UUID, other: UUID) -> None:
        await self._require(item, other)
        await self._store.part(item, other)

    async def related(self, item: UUID, depth: int, limit: int) -> list[RelatedItem]:
        """At most `limit` that are no more than `depth` relations away, the nearest first."""
        await self._require(item)
        return await self._store.related(item, depth, limit)

    async def _require(self, *items: UUID) -> None:
        for item in items:
            await self._items.get(item)
