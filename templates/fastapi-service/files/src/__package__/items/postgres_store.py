from datetime import UTC, datetime
from uuid import UUID, uuid4

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from ..database.connections import Database
from ..problems import ConflictError, NotFoundError
from .model import Item, ItemPage, NewItem
from .table import ItemRow

ITEMS = select(ItemRow.id, ItemRow.name, ItemRow.created_at)


class PostgresItems:
    """Keeps items in a table that all replicas share. Raises UnavailableError, too."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, new: NewItem) -> Item:
        item = Item(id=uuid4(), created_at=datetime.now(UTC), name=new.name)
        statement = (
            insert(ItemRow)
            .values(item.model_dump())
            .on_conflict_do_nothing(index_elements=[ItemRow.name])
            .returning(ItemRow.id)
        )
        async with self._database.transaction() as connection:
            if await connection.scalar(statement) is None:
                raise ConflictError(f'There is an item named "{new.name}" already.')
        return item

    async def get(self, item_id: UUID) -> Item:
        async with self._database.transaction() as connection:
            found = await connection.execute(ITEMS.where(ItemRow.id == item_id))
            row = found.one_or_none()
        if row is None:
            raise NotFoundError(f"There is no item {item_id}.")
        return Item.model_validate(row, from_attributes=True)

    async def page(self, limit: int, after: UUID | None) -> ItemPage:
        shown = ITEMS.order_by(ItemRow.position).limit(limit + 1)
        async with self._database.transaction() as connection:
            if after is not None:
                last = await connection.scalar(select(ItemRow.position).where(ItemRow.id == after))
                if last is None:
                    raise NotFoundError(f"There is no item {after} to read on after.")
                shown = shown.where(ItemRow.position > last)
            rows = (await connection.execute(shown)).all()
        items = [Item.model_validate(row, from_attributes=True) for row in rows[:limit]]
        return ItemPage(items=items, next=items[-1].id if len(rows) > limit else None)

    async def remove(self, item_id: UUID) -> None:
        statement = delete(ItemRow).where(ItemRow.id == item_id).returning(ItemRow.id)
        async with self._database.transaction() as connection:
            if await connection.scalar(statement) is None:
                raise NotFoundError(f"There is no item {item_id}.")
