"""What waits for a decision of the desk."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INDEXES = {
    "ix_queue_item_oldest": ["queue", "since", "comment_id"],
    "ix_queue_item_article": ["article_id", "queue", "since", "comment_id"],
    "ix_queue_item_author": ["author_id", "queue", "since", "comment_id"],
}


def upgrade() -> None:
    op.create_table(
        "queue_item",
        sa.Column("comment_id", BIG, nullable=False),
        sa.Column("queue", sa.String(length=10), nullable=False),
        sa.Column("article_id", BIG, nullable=False),
        sa.Column("author_id", BIG, nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("why", sa.String(length=200), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.Column("taken_by", BIG, nullable=True),
        sa.Column("taken_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comment.id"], name=op.f("fk_queue_item_comment_id")
        ),
        sa.ForeignKeyConstraint(
            ["article_id"], ["article.id"], name=op.f("fk_queue_item_article_id")
        ),
        sa.ForeignKeyConstraint(["author_id"], ["user.id"], name=op.f("fk_queue_item_author_id")),
        sa.ForeignKeyConstraint(["taken_by"], ["user.id"], name=op.f("fk_queue_item_taken_by")),
        sa.PrimaryKeyConstraint("comment_id", "queue", name=op.f("pk_queue_item")),
    )
    for name, columns in INDEXES.items():
        op.create_index(name, "queue_item", columns, unique=False)


def downgrade() -> None:
    for name in INDEXES:
        op.drop_index(name, table_name="queue_item")
    op.drop_table("queue_item")
