from gennet_service_kit.calls.service_client import ServiceClient as Base


class <%= it.dependency.type %>Client(Base):
    """What this service asks of <%= it.dependency.name %>.

    Give it a method for each operation, with its own models for what goes out and comes back:

        async def quote(self, order: UUID) -> Quote:
            return await self.get(f"/quotes/{order}", Quote)
    """
