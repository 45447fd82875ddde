"""Accounts that were given up."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("user", sa.Column("left_on", sa.Date(), nullable=True))


def downgrade() -> None:
    op.drop_column("user", "left_on")
