"""Amazon RDS for PostgreSQL, wholly ours: moto's has neither pending changes nor replicas in other regions.

Neptune, which signs as RDS, is left to moto: it has no data behind it here.
"""
