"""Listed rows that came from another server, by a dump or by logical replication.

They have the ids of that server's transactions. Where its ids are ahead, rows that are added here
would be listed among them, and rows of theirs would be shown again once these ids are reached.
"""

from sqlalchemy import text

from .owner import owner_connection
from .settings import PostgresSettings

FIND = text(
    "SELECT format('%I.%I', n.nspname, c.relname) FROM pg_attrdef d"
    " JOIN pg_attribute a ON (a.attrelid, a.attnum) = (d.adrelid, d.adnum)"
    " JOIN pg_class c ON c.oid = d.adrelid JOIN pg_namespace n ON n.oid = c.relnamespace"
    " WHERE a.attname = 'added_in' AND pg_get_expr(d.adbin, d.adrelid) LIKE '%pg_current_xact_id%'"
)
# All up to the last of them: those added here since then have higher positions.
SETTLE = (
    "UPDATE {table} SET added_in = 0 WHERE position <= (SELECT max(position) FROM {table}"
    " WHERE added_in >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint)"
)


async def settle_restored_rows(settings: PostgresSettings) -> dict[str, int]:
    """Puts such rows before all others, in their own order.

    Returns how many they were, by table. Raises MigrationError and DatabaseUnavailableError.
    """
    async with owner_connection(settings) as connection:
        counts = {}
        for table in (await connection.execute(FIND)).scalars().all():
            result = await connection.execute(text(SETTLE.format(table=table)))
            await connection.commit()
            counts[table] = result.rowcount
    return {table: count for table, count in counts.items() if count > 0}
