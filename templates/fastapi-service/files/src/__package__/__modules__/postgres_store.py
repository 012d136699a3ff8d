<% const { name, plural, one, module, modules, type, types } = it.entity; -%>
<% const rows = modules.toUpperCase(); -%>
from datetime import UTC, datetime
from uuid import UUID, uuid4

from gennet_service_kit.database.connections import Database
from gennet_service_kit.database.idempotency import IdempotencyKeys
from gennet_service_kit.database.listing import page
from gennet_service_kit.idempotency.key import IdempotencyKey
from gennet_service_kit.problems import ConflictError, NotFoundError
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

<%= it.python.importing(".model", `New${type}`, type, `${type}Page`) %>
from .table import <%= type %>Row

<%= it.python.laidOut(`${rows} = `, ["select", ...["id", "name", "created_at"].map((each) => `${type}Row.${each}`)]) %>


class Postgres<%= types %>:
    """Keeps them in a table that all replicas share."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._keys = IdempotencyKeys(database)

<%= it.python.laidOut("    async def ", ["add", "self", `new: New${type}`, "key: IdempotencyKey | None = None"], ` -> ${type}:`) %>
        async def work(connection: AsyncConnection) -> <%= type %>:
<% const given = ["id=uuid4()", "created_at=datetime.now(UTC)", "name=new.name"]; -%>
<%= it.python.laidOut(`            ${module} = `, [type, ...given]) %>
            statement = (
                insert(<%= type %>Row)
                .values(<%= module %>.model_dump())
                .on_conflict_do_nothing(index_elements=[<%= type %>Row.name])
                .returning(<%= type %>Row.id)
            )
            if await connection.scalar(statement) is None:
                raise ConflictError(f'There is <%= one %> named "{new.name}" already.')
            return <%= module %>

        return await self._keys.once(key, <%= type %>, work)

    async def get(self, <%= module %>_id: UUID) -> <%= type %>:
        async with self._database.transaction() as connection:
<% const statement = `${rows}.where(${type}Row.id == ${module}_id)`; -%>
<%= it.python.laidOut("            found = await ", ["connection.execute", statement]) %>
            row = found.one_or_none()
        if row is None:
            raise NotFoundError(f"There is no <%= name %> {<%= module %>_id}.")
        return <%= type %>.model_validate(row, from_attributes=True)

    async def page(self, limit: int, after: str | None) -> <%= type %>Page:
        async with self._database.transaction() as connection:
            found = await page(connection, <%= rows %>, <%= type %>Row, limit, after)
        items = [<%= type %>.model_validate(row, from_attributes=True) for row in found.rows]
        return <%= type %>Page(items=items, next=found.next, newer=found.newer)

    async def remove(self, <%= module %>_id: UUID) -> None:
<%= it.python.chained("        statement = ", `delete(${type}Row)`, `.where(${type}Row.id == ${module}_id)`, `.returning(${type}Row.id)`) %>
        async with self._database.transaction() as connection:
            if await connection.scalar(statement) is None:
                raise NotFoundError(f"There is no <%= name %> {<%= module %>_id}.")
