"""The real servers behind RDS and ElastiCache: PostgreSQL and Valkey, with TLS in front of them."""
