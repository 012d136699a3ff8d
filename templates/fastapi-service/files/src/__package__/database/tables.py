"""Every table of the service: one that is not named here has no migrations."""

<% if (it.sample.postgres) { -%>
from ..<%= it.entity.modules %>.table import <%= it.entity.type %>Row
<% } -%>
from .base import Base

TABLES: list[type[Base]] = [<%= it.sample.postgres ? `${it.entity.type}Row` : "" %>]
METADATA = Base.metadata
