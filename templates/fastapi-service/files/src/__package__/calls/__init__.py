"""Calls to other services: each goes through the circuit breaker of its target."""
