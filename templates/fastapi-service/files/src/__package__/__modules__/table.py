<% const { modules, type } = it.entity; -%>
from datetime import datetime
from uuid import UUID

from gennet_service_kit.database.listing import Listed
from sqlalchemy import DateTime, String
from sqlalchemy.orm import Mapped, mapped_column

from ..database.base import Base


class <%= type %>Row(Listed, Base):
    __tablename__ = "<%= modules %>"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
