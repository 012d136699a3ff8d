"""Neo4j: transactions with a span for each query, and constraints that are always there."""
