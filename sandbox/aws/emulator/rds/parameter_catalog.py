"""Parameters of PostgreSQL on RDS: which there are, which need a restart, and how the server here gets them.

A part of `aws rds describe-engine-default-parameters`: those that people change. Others are refused.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Parameter:
    default: str | None
    type: str = "integer"
    static: bool = False
    # Whether the server here gets the value under the same name. False: it would need more than this machine has, or
    # a standby with another value than its source would not start.
    real: bool = True
    allowed: str | None = None


CATALOG = {
    "rds.force_ssl": Parameter("1", "boolean", real=False, allowed="0,1"),
    "rds.logical_replication": Parameter("0", "boolean", static=True, real=False, allowed="0,1"),
    "rds.log_retention_period": Parameter("4320", real=False),
    "autovacuum": Parameter("1", "boolean", allowed="0,1"),
    "autovacuum_max_workers": Parameter("3", static=True),
    "autovacuum_naptime": Parameter("15"),
    "autovacuum_vacuum_scale_factor": Parameter("0.1", "float"),
    "checkpoint_timeout": Parameter("300"),
    "client_min_messages": Parameter("notice", "string"),
    "deadlock_timeout": Parameter("1000"),
    "default_statistics_target": Parameter("100"),
    "effective_cache_size": Parameter("{DBInstanceClassMemory/16384}", real=False),
    "hot_standby_feedback": Parameter("0", "boolean", allowed="0,1"),
    "idle_in_transaction_session_timeout": Parameter("86400000"),
    "idle_session_timeout": Parameter("0"),
    "lock_timeout": Parameter("0"),
    "log_autovacuum_min_duration": Parameter("10000"),
    "log_connections": Parameter("0", "boolean", allowed="0,1"),
    "log_disconnections": Parameter("0", "boolean", allowed="0,1"),
    "log_lock_waits": Parameter("1", "boolean", allowed="0,1"),
    "log_min_duration_statement": Parameter("-1"),
    "log_statement": Parameter("none", "string", real=False, allowed="none,ddl,mod,all"),
    "log_temp_files": Parameter("-1"),
    "maintenance_work_mem": Parameter("65536"),
    "max_connections": Parameter("LEAST({DBInstanceClassMemory/9531392},5000)", static=True, real=False),
    "max_replication_slots": Parameter("20", static=True),
    "max_standby_archive_delay": Parameter("30000"),
    "max_standby_streaming_delay": Parameter("30000"),
    "max_wal_senders": Parameter("35", static=True, real=False),
    "max_wal_size": Parameter("2048"),
    "max_worker_processes": Parameter("8", static=True, real=False),
    "password_encryption": Parameter("scram-sha-256", "string", allowed="md5,scram-sha-256"),
    "pg_stat_statements.track": Parameter("top", "string", real=False, allowed="none,top,all"),
    "random_page_cost": Parameter("4", "float"),
    "shared_buffers": Parameter("{DBInstanceClassMemory/32768}", static=True, real=False),
    "shared_preload_libraries": Parameter("pg_stat_statements", "list", static=True, real=False),
    "statement_timeout": Parameter("0"),
    "tcp_keepalives_idle": Parameter("300"),
    "timezone": Parameter("UTC", "string"),
    "track_io_timing": Parameter("1", "boolean", allowed="0,1"),
    "wal_sender_timeout": Parameter("30000"),
    "work_mem": Parameter("4096"),
}


def settings(values: dict[str, str]) -> dict[str, str]:
    """The configuration of the server for the values of a group."""
    given = {name: value for name, value in values.items() if CATALOG[name].real}
    if values.get("rds.logical_replication") == "1":
        given["wal_level"] = "logical"
    return given


def forces_tls(values: dict[str, str]) -> bool:
    """RDS forces it unless the group says otherwise (PostgreSQL 15 and newer)."""
    return values.get("rds.force_ssl", CATALOG["rds.force_ssl"].default) == "1"
