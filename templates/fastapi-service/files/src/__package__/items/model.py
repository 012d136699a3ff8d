from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field


class NewItem(BaseModel):
    """What a caller gives to have an item made."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    # Without the character NUL, which no text of PostgreSQL can have.
    name: str = Field(min_length=1, max_length=100, pattern=r"^[^\x00]*$")


class Item(NewItem):
    id: UUID
    created_at: AwareDatetime


class ItemPage(BaseModel):
    items: list[Item]
    next: UUID | None = Field(default=None, description="Give it as `after` to read on.")
