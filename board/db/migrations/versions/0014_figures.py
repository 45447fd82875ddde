"""Decisions by month and reason, found without reading the whole log."""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_ruling_figures", "ruling", ["made_at", "verdict", "reason"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_ruling_figures", table_name="ruling")
