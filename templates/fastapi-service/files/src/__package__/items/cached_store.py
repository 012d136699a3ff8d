from uuid import UUID

from pydantic import ValidationError

from ..cache.cache import Cache
from .model import Item, ItemPage, NewItem
from .store import ItemStore


class CachedItems:
    """Reads single items through a cache; pages are always the store's own."""

    def __init__(self, store: ItemStore, cache: Cache) -> None:
        self._store = store
        self._cache = cache

    async def add(self, new: NewItem) -> Item:
        item = await self._store.add(new)
        await self._cache.drop(key_of(item.id))
        return item

    async def get(self, item_id: UUID) -> Item:
        async def load() -> str:
            return (await self._store.get(item_id)).model_dump_json()

        text = await self._cache.get(key_of(item_id), load)
        try:
            return Item.model_validate_json(text)
        except ValidationError:
            # Another version of this service wrote it.
            await self._cache.drop(key_of(item_id))
            return await self._store.get(item_id)

    async def page(self, limit: int, after: UUID | None) -> ItemPage:
        return await self._store.page(limit, after)

    async def remove(self, item_id: UUID) -> None:
        try:
            await self._store.remove(item_id)
        finally:
            # A store that fails may have removed it nevertheless.
            await self._cache.drop(key_of(item_id))


def key_of(item_id: UUID) -> str:
    return f"items:{item_id}"
