"""What the lists and the idempotency keys of the service kit need."""

import sqlalchemy as sa
from alembic import op
from gennet_service_kit.database.idempotency import (
    create_idempotency_table,
    drop_idempotency_table,
)

revision = "kit_1_0"
down_revision = "0001"


def upgrade() -> None:
    create_idempotency_table(op)
    op.add_column(
        "items",
        sa.Column(
            "added_in",
            sa.BigInteger(),
            server_default=sa.text("(pg_current_xact_id()::text)::bigint"),
            nullable=False,
        ),
    )
    op.create_index("ix_items_added_in", "items", ["added_in", "position"], unique=True)
    op.drop_constraint("uq_items_position", "items", type_="unique")


def downgrade() -> None:
    op.create_unique_constraint("uq_items_position", "items", ["position"])
    op.drop_index("ix_items_added_in", "items")
    op.drop_column("items", "added_in")
    drop_idempotency_table(op)
