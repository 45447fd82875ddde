"""Keys of tips have no public half any more: nobody without the key can write in its name."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_column("tip_key", "public")


def downgrade() -> None:
    empty = sa.Column("public", sa.LargeBinary(), nullable=False, server_default=sa.text("''"))
    op.add_column("tip_key", empty)
