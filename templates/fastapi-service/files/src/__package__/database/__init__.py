"""The database of this service: connections, tables and migrations."""
