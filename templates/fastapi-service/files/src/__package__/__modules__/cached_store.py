<% const { name, plural, module, modules, type, types } = it.entity; -%>
from uuid import UUID

from gennet_service_kit.cache.cache import Cache
from gennet_service_kit.idempotency.key import IdempotencyKey
from pydantic import ValidationError

<%= it.python.importing(".model", `New${type}`, type, `${type}Page`) %>
from .store import <%= type %>Store


class Cached<%= types %>:
    """Reads single <%= plural %> through a cache; pages are always the store's own."""

    def __init__(self, store: <%= type %>Store, cache: Cache) -> None:
        self._store = store
        self._cache = cache

<%= it.python.laidOut("    async def ", ["add", "self", `new: New${type}`, "key: IdempotencyKey | None = None"], ` -> ${type}:`) %>
        return await self._store.add(new, key)

    async def get(self, <%= module %>_id: UUID) -> <%= type %>:
        async def load() -> str:
            return (await self._store.get(<%= module %>_id)).model_dump_json()

        text = await self._cache.get(key_of(<%= module %>_id), load)
        try:
            return <%= type %>.model_validate_json(text)
        except ValidationError:
            # Another version of this service wrote it.
            await self._cache.drop(key_of(<%= module %>_id))
            return await self._store.get(<%= module %>_id)

    async def page(self, limit: int, after: str | None) -> <%= type %>Page:
        return await self._store.page(limit, after)

    async def remove(self, <%= module %>_id: UUID) -> None:
        try:
            await self._store.remove(<%= module %>_id)
        finally:
            # A store that fails may have removed it nevertheless.
            await self._cache.drop(key_of(<%= module %>_id))


def key_of(<%= module %>_id: UUID) -> str:
    return f"<%= modules %>:{<%= module %>_id}"
