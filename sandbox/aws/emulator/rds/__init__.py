"""Amazon RDS for PostgreSQL, wholly ours: moto's has neither pending changes nor replicas in other regions.

Neptune, which signs as RDS and shares its subnet groups and tags, is in `neptune`. Other engines are left to moto.
"""
