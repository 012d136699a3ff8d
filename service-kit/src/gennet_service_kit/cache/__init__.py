"""A cache that all replicas share: in Redis, and for a moment in the memory of each."""
