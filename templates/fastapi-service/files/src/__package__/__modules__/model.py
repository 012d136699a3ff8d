from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field


class New<%= it.entity.type %>(BaseModel):
    """What a caller gives to have <%= it.entity.one %> made."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    # Without the character NUL, which no text of PostgreSQL can have.
    name: str = Field(min_length=1, max_length=100, pattern=r"^[^\x00]*$")


class <%= it.entity.type %>(New<%= it.entity.type %>):
    id: UUID
    created_at: AwareDatetime


class <%= it.entity.type %>Page(BaseModel):
    items: list[<%= it.entity.type %>]
    next: str | None = Field(description="Give it as `after` to read on; none on the last page.")
    newer: str | None = Field(description="On the last page: as `after`, for what was added since.")
