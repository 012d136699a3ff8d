"""PostgreSQL: connections, migrations, lists and idempotency keys. Needs the extra `postgres`."""
