"""The graph database of this service: sessions, transactions and constraints."""
