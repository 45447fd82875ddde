"""Comments that editors feature, and their number, kept beside the article."""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("article", sa.Column("featured_count", BIG, server_default="0", nullable=False))
    op.add_column("comment", sa.Column("featured_at", sa.DateTime(), nullable=True))
    is_featured = sa.text("featured_at IS NOT NULL")
    op.create_index("ix_comment_featured", "comment", ["article_id"], sqlite_where=is_featured)


def downgrade() -> None:
    op.drop_index("ix_comment_featured", table_name="comment")
    op.drop_column("comment", "featured_at")
    op.drop_column("article", "featured_count")
