"""Idempotency keys."""

from alembic import op

from gennet_service_kit.database.idempotency import (
    create_idempotency_table,
    drop_idempotency_table,
)

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    create_idempotency_table(op)


def downgrade() -> None:
    drop_idempotency_table(op)
