from uuid import UUID

from ..items.model import Item, ItemPage, NewItem
from ..items.store import ItemStore
from .store import RelationStore


class RelatedItemStore:
    """A store of items that takes a removed one out of the graph, too.

    The graph comes first: while it is away no item can be removed, and nothing has changed. When
    the store fails afterwards, the item is still there, without its relations. To remove it again
    completes what was begun, in both cases.
    """

    def __init__(self, store: ItemStore, relations: RelationStore) -> None:
        self._store = store
        self._relations = relations

    async def add(self, new: NewItem) -> Item:
        return await self._store.add(new)

    async def get(self, item_id: UUID) -> Item:
        return await self._store.get(item_id)

    async def page(self, limit: int, after: UUID | None) -> ItemPage:
        return await self._store.page(limit, after)

    async def remove(self, item_id: UUID) -> None:
        await self._relations.forget(item_id)
        await self._store.remove(item_id)
        # Another call may have related it in between, when it was still there.
        await self._relations.forget(item_id)
