<% const { name, plural, one, module, modules, type, types } = it.entity; -%>
from uuid import UUID

from gennet_service_kit.idempotency.key import IdempotencyKey

<%= it.python.importing(`..${modules}.model`, `New${type}`, type, `${type}Page`) %>
from ..<%= modules %>.store import <%= type %>Store
from .store import RelationStore


class Related<%= types %>:
    """A store that takes a removed <%= name %> out of the graph, too.

    The graph comes first: while it is unavailable nothing can be removed, and nothing changes.
    When the store fails afterwards, the <%= name %> is still there without its relations. To
    remove it again completes it, in both cases.
    """

    def __init__(self, store: <%= type %>Store, relations: RelationStore) -> None:
        self._store = store
        self._relations = relations

<%= it.python.laidOut("    async def ", ["add", "self", `new: New${type}`, "key: IdempotencyKey | None = None"], ` -> ${type}:`) %>
        return await self._store.add(new, key)

    async def get(self, <%= module %>_id: UUID) -> <%= type %>:
        return await self._store.get(<%= module %>_id)

    async def page(self, limit: int, after: str | None) -> <%= type %>Page:
        return await self._store.page(limit, after)

    async def remove(self, <%= module %>_id: UUID) -> None:
        await self._relations.forget(<%= module %>_id)
        await self._store.remove(<%= module %>_id)
        # Another call may have related it in between, when it was still there.
        await self._relations.forget(<%= module %>_id)
