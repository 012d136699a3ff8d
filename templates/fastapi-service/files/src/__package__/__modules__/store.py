<% const { name, plural, one, module, modules, type, types } = it.entity; -%>
from datetime import UTC, datetime
from itertools import count
from typing import Protocol
from uuid import UUID, uuid4

from gennet_service_kit.idempotency.key import IdempotencyKey
from gennet_service_kit.idempotency.memory import MemoryIdempotencyKeys
from gennet_service_kit.paging.memory import page_of
from gennet_service_kit.problems import ConflictError, NotFoundError

<%= it.python.importing(".model", `New${type}`, type, `${type}Page`) %>


class <%= type %>Store(Protocol):
    """Where <%= plural %> are kept. Raises NotFoundError and ConflictError."""

<%= it.python.laidOut("    async def ", ["add", "self", `new: New${type}`, "key: IdempotencyKey | None = None"], ` -> ${type}:`) %>
        """Once for each key."""
        ...

    async def get(self, <%= module %>_id: UUID) -> <%= type %>: ...

    async def page(self, limit: int, after: str | None) -> <%= type %>Page:
        """The first <%= plural %>, or those after a page's `next` or `newer`; oldest first."""
        ...

    async def remove(self, <%= module %>_id: UUID) -> None: ...


class InMemory<%= types %>:
    """Keeps them in this process alone: replicas do not share them, and a restart forgets them."""

    def __init__(self) -> None:
        self._keys = MemoryIdempotencyKeys()
        self._positions = count(1)
        self._kept: dict[UUID, tuple[int, <%= type %>]] = {}

<%= it.python.laidOut("    async def ", ["add", "self", `new: New${type}`, "key: IdempotencyKey | None = None"], ` -> ${type}:`) %>
        async def work() -> <%= type %>:
            return self._add(new)

        return await self._keys.once(key, <%= type %>, work)

    def _add(self, new: New<%= type %>) -> <%= type %>:
        if any(each.name == new.name for _, each in self._kept.values()):
            raise ConflictError(f'There is <%= one %> named "{new.name}" already.')
        <%= module %> = <%= type %>(id=uuid4(), created_at=datetime.now(UTC), name=new.name)
        self._kept[<%= module %>.id] = (next(self._positions), <%= module %>)
        return <%= module %>

    async def get(self, <%= module %>_id: UUID) -> <%= type %>:
        if <%= module %>_id not in self._kept:
            raise NotFoundError(f"There is no <%= name %> {<%= module %>_id}.")
        return self._kept[<%= module %>_id][1]

    async def page(self, limit: int, after: str | None) -> <%= type %>Page:
        page = page_of(list(self._kept.values()), limit, after)
        return <%= type %>Page(items=list(page.rows), next=page.next, newer=page.newer)

    async def remove(self, <%= module %>_id: UUID) -> None:
        await self.get(<%= module %>_id)
        del self._kept[<%= module %>_id]
