"""Pages of people, the labels of staff, and which accounts wrote an article.

Nobody made before shows more than name and month of joining, and nobody has a badge.
"""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
COLUMNS = {
    "profile": (sa.String(length=10), "closed"),
    "label": (sa.String(length=10), ""),
    "revision": (BIG, "0"),
}


def upgrade() -> None:
    for name, (kind, default) in COLUMNS.items():
        op.add_column("user", sa.Column(name, kind, server_default=default, nullable=False))
    op.create_table(
        "article_author",
        sa.Column("article_id", BIG, nullable=False),
        sa.Column("user_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["article.id"], name=op.f("fk_article_author_article_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_article_author_user_id")),
        sa.PrimaryKeyConstraint("article_id", "user_id", name=op.f("pk_article_author")),
    )
    op.create_index(op.f("ix_article_author_user_id"), "article_author", ["user_id"])


def downgrade() -> None:
    op.drop_table("article_author")
    for name in COLUMNS:
        op.drop_column("user", name)
