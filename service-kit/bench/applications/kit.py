"""A service of the kit: limits, deadline, ids, log, metrics, security headers, and traces."""

from uuid import UUID

from fastapi import APIRouter, FastAPI
from items import ITEMS, Item

from gennet_service_kit.application import create_service
from gennet_service_kit.server import serve
from gennet_service_kit.settings import ServiceSettings

router = APIRouter(prefix="/items")


@router.get("/{item_id:uuid}")
async def get_item(item_id: UUID) -> Item:
    """Returns one item."""
    return ITEMS[item_id]


def create_app(settings: ServiceSettings) -> FastAPI:
    """Returns the application."""
    return create_service(settings, name="bench", routers=[router])


serve(create_app, ServiceSettings, name="bench")
