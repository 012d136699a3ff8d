from uuid import UUID

from pydantic import BaseModel, Field


class RelatedItem(BaseModel):
    id: UUID
    distance: int = Field(ge=1, description="Over how many relations it is reached, at least.")


class RelatedItems(BaseModel):
    items: list[RelatedItem] = Field(description="The nearest first; those as near by their id.")
