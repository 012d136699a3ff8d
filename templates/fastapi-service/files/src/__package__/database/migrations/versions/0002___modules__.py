"""<%= it.entity.types %>."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "<%= it.entity.modules %>",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("position", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column(
            "added_in",
            sa.BigInteger(),
            server_default=sa.text("(pg_current_xact_id()::text)::bigint"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name="pk_<%= it.entity.modules %>"),
        sa.UniqueConstraint("name", name="uq_<%= it.entity.modules %>_name"),
    )
    op.create_index(
        "ix_<%= it.entity.modules %>_added_in",
        "<%= it.entity.modules %>",
        ["added_in", "position"],
        unique=True,
    )


def downgrade() -> None:
    op.drop_table("<%= it.entity.modules %>")
