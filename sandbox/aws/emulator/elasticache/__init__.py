"""ElastiCache: replication groups, users and their groups, wholly ours. Clusters of their own are left to moto."""
