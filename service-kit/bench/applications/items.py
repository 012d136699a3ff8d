"""What both applications answer with: one item of a dict."""

from datetime import UTC, datetime
from uuid import UUID

from pydantic import AwareDatetime, BaseModel

ID = UUID("12345678-1234-4234-8234-123456789abc")


class Item(BaseModel):
    """One item."""

    id: UUID
    name: str
    created_at: AwareDatetime


ITEMS = {ID: Item(id=ID, name="one", created_at=datetime.now(UTC))}
