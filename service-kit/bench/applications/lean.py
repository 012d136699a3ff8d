"""The leanest application: the same route and the same pins, and nothing around it."""

import os
from uuid import UUID

import uvicorn
from fastapi import FastAPI
from items import ITEMS, Item

app = FastAPI()


@app.get("/items/{item_id:uuid}")
async def get_item(item_id: UUID) -> Item:
    """Returns one item."""
    return ITEMS[item_id]


uvicorn.run(app, port=int(os.environ["APP_PORT"]), access_log=False, log_level="warning")
