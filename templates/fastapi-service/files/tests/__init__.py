"""Tests of the <%= it.name %> service."""
