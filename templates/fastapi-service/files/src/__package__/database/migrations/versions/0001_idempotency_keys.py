"""Idempotency keys, of which the service kit knows what is in them."""

from alembic import op
from gennet_service_kit.database.idempotency import (
    create_idempotency_table,
    drop_idempotency_table,
)

revision = "0001"
down_revision = None


def upgrade() -> None:
    create_idempotency_table(op)


def downgrade() -> None:
    drop_idempotency_table(op)
