"""Values in Redis for all replicas, and in the memory of each for a moment."""
