"""The table of a service, as its own code would have it."""

from uuid import UUID, uuid4

from sqlalchemy import String, UniqueConstraint, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from gennet_service_kit.database.connections import Database
from gennet_service_kit.database.listing import Listed, page
from gennet_service_kit.database.tables import named_metadata
from gennet_service_kit.paging.page import Page


class Base(DeclarativeBase):
    metadata = named_metadata()


class ItemRow(Listed, Base):
    __tablename__ = "items"
    __table_args__ = (UniqueConstraint("name"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100))


class Items:
    def __init__(self, database: Database) -> None:
        self.database = database

    async def add(self, *names: str) -> None:
        """Adds each in its own transaction."""
        for name in names:
            async with self.database.transaction() as connection:
                await insert_item(connection, name)

    async def remove(self, name: str) -> None:
        async with self.database.transaction() as connection:
            await connection.execute(delete(ItemRow).where(ItemRow.name == name))

    async def page(self, limit: int, cursor: str | None = None) -> Page[str]:
        names = select(ItemRow.name)
        async with self.database.transaction() as connection:
            found = await page(connection, names, ItemRow, limit, cursor)
        return Page([row.name for row in found.rows], found.next, found.newer)


async def insert_item(connection: AsyncConnection, name: str) -> None:
    await connection.execute(insert(ItemRow).values(id=uuid4(), name=name))
