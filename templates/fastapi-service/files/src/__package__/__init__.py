"""The <%= it.name %> service."""

SERVICE = "<%= it.name %>"
