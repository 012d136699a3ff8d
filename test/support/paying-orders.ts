import { readFile, writeFile } from "node:fs/promises";

/** An operation of the dependency, and a route that uses it. */
const client = `from uuid import UUID

from gennet_service_kit.calls.service_client import ServiceClient

from ..items.model import Item
from ..relations.model import RelatedPage


class PaymentsClient(ServiceClient):
    async def item(self, item_id: UUID) -> Item:
        return await self.get(f"/items/{item_id}", Item)

    async def related(self, item_id: UUID) -> RelatedPage:
        return await self.get(f"/items/{item_id}/related", RelatedPage)
`;
const route = `from uuid import UUID

from fastapi import APIRouter

from .clients import UsesClients
from .items.model import Item

routes = APIRouter()


@routes.get("/paid/{item_id}")
async def paid(item_id: UUID, clients: UsesClients) -> Item:
    item = await clients.payments.item(item_id)
    await clients.payments.related(item_id)
    return item
`;

/** Adds to a scaffolded `orders` what its author would write: `GET /paid/{item_id}` asks payments about the item. */
export async function writePaidRoute(path: (...below: string[]) => string): Promise<void> {
  await writeFile(path("src/orders/clients/payments.py"), client);
  await writeFile(path("src/orders/paid.py"), route);
  const app = path("src/orders/app.py");
  const text = await readFile(app, "utf8");
  const withRoute = text
    .replace("from .parts import", "from .paid import routes as paid_routes\nfrom .parts import")
    .replace("routers=[", "routers=[paid_routes, ");
  await writeFile(app, withRoute);
}
