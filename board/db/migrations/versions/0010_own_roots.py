"""An index for the limit on root comments per article: it walked the whole thread at each post."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    roots = sa.text("root_id IS NULL")
    op.create_index(
        "ix_comment_own_roots",
        "comment",
        ["author_id", "article_id"],
        unique=False,
        sqlite_where=roots,
        postgresql_where=roots,
    )


def downgrade() -> None:
    op.drop_index("ix_comment_own_roots", table_name="comment")
