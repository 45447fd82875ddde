"""Codes of erased tips, for a while."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tip_erased_code",
        sa.Column("tag", sa.LargeBinary(), nullable=False),
        sa.Column("forget_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("tag", name=op.f("pk_tip_erased_code")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_tip_erased_code_forget_on"), "tip_erased_code", ["forget_on"])


def downgrade() -> None:
    op.drop_table("tip_erased_code")
