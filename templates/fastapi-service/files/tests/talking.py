"""A client of the application, in the same process."""

from gennet_service_kit.testing.talking import talking_to

__all__ = ["talking_to"]
