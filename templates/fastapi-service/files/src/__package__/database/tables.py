"""Every table of the service: one that is not named here has no migrations."""

from ..items.table import ItemRow
from .base import Base

TABLES: list[type[Base]] = [ItemRow]
