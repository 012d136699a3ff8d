from datetime import UTC, datetime
from typing import Protocol
from uuid import UUID, uuid4

from ..problems import ConflictError, NotFoundError
from .model import Item, ItemPage, NewItem


class ItemStore(Protocol):
    """Where items are kept. Raises NotFoundError and ConflictError."""

    async def add(self, new: NewItem) -> Item: ...

    async def get(self, item_id: UUID) -> Item: ...

    async def page(self, limit: int, after: UUID | None) -> ItemPage:
        """Items in the order they were added."""
        ...

    async def remove(self, item_id: UUID) -> None: ...


class InMemoryItems:
    """Keeps items in this process alone: replicas do not share them, and a restart forgets them."""

    def __init__(self) -> None:
        self._items: dict[UUID, Item] = {}

    async def add(self, new: NewItem) -> Item:
        if any(item.name == new.name for item in self._items.values()):
            raise ConflictError(f'There is an item named "{new.name}" already.')
        item = Item(id=uuid4(), created_at=datetime.now(UTC), name=new.name)
        self._items[item.id] = item
        return item

    async def get(self, item_id: UUID) -> Item:
        if item_id not in self._items:
            raise NotFoundError(f"There is no item {item_id}.")
        return self._items[item_id]

    async def page(self, limit: int, after: UUID | None) -> ItemPage:
        ids = list(self._items)
        if after is not None and after not in self._items:
            raise NotFoundError(f"There is no item {after} to read on after.")
        start = 0 if after is None else ids.index(after) + 1
        shown = ids[start : start + limit]
        more = start + limit < len(ids)
        return ItemPage(
            items=[self._items[each] for each in shown],
            next=shown[-1] if more else None,
        )

    async def remove(self, item_id: UUID) -> None:
        await self.get(item_id)
        del self._items[item_id]
