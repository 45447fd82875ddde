"""Articles are drafts, scheduled, published or withdrawn; deleted ones are erased after a time.

Every article that readers could read stays published, also one that is dated ahead.
"""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

TIMES = ("planned_at", "erase_at", "erased_at")


def upgrade() -> None:
    state = sa.Column("state", sa.String(length=10), server_default="published", nullable=False)
    op.add_column("article", state)
    for name in TIMES:
        op.add_column("article", sa.Column(name, sa.DateTime(), nullable=True))
    scheduled = sa.text("state = 'scheduled'")
    op.create_index("ix_article_scheduled", "article", ["published_at"], sqlite_where=scheduled)
    to_erase = sa.text("erase_at IS NOT NULL AND erased_at IS NULL")
    op.create_index("ix_article_to_erase", "article", ["erase_at"], sqlite_where=to_erase)


def downgrade() -> None:
    op.drop_index("ix_article_to_erase", table_name="article")
    op.drop_index("ix_article_scheduled", table_name="article")
    for name in ("state", *TIMES):
        op.drop_column("article", name)
