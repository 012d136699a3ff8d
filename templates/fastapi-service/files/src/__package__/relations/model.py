from uuid import UUID

from pydantic import BaseModel, Field


class Related<%= it.entity.type %>(BaseModel):
    id: UUID
    distance: int = Field(ge=1, description="Over how many relations it is reached, at least.")


class RelatedPage(BaseModel):
<% const description = 'description="The nearest first; those as near by their id."'; -%>
<%= it.python.laidOut(`    items: list[Related${it.entity.type}] = `, ["Field", description]) %>
