"""Indexes with which the desk's pages stay quick when a hundred thousand comments wait."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

HIDDEN, ANSWERED = sa.text("hidden_for IS NOT NULL"), sa.text("ruling_id IS NOT NULL")


def upgrade() -> None:
    # What is not answered is found by its comment; an index that holds it too misleads SQLite.
    op.drop_index("ix_report_ruling_id", table_name="report")
    op.create_index(
        "ix_report_ruling_id", "report", ["ruling_id"],
        sqlite_where=ANSWERED, postgresql_where=ANSWERED,
    )
    op.create_index(
        "ix_comment_hidden", "comment", ["id"], sqlite_where=HIDDEN, postgresql_where=HIDDEN
    )
    op.create_index(
        "ix_comment_hidden_author", "comment", ["author_id"],
        sqlite_where=HIDDEN, postgresql_where=HIDDEN,
    )
    op.create_index("ix_ruling_moderator_id_id", "ruling", ["moderator_id", "id"])


def downgrade() -> None:
    op.drop_index("ix_ruling_moderator_id_id", table_name="ruling")
    op.drop_index("ix_comment_hidden_author", table_name="comment")
    op.drop_index("ix_comment_hidden", table_name="comment")
    op.drop_index("ix_report_ruling_id", table_name="report")
    op.create_index("ix_report_ruling_id", "report", ["ruling_id"])
