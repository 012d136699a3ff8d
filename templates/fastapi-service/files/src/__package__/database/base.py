from gennet_service_kit.database.tables import named_metadata
from sqlalchemy.orm import DeclarativeBase


class Base(DeclarativeBase):
    """What every table derives from."""

    metadata = named_metadata()
