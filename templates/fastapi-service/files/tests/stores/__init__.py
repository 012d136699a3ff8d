"""The stores that the service uses, as real servers for its tests and for work on it."""
