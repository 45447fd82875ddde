"""The search index, filled from the comments there are."""

from alembic import op

from board.comments import search

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Ours and not spelled out here: the index keeps nothing of its own, so a later migration that
    # wants other words drops it and makes it anew in the same way.
    search.create(op.get_bind())


def downgrade() -> None:
    op.execute("DROP TABLE comment_words")
