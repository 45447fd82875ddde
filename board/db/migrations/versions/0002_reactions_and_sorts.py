"""Reactions, and what the orders of a thread need to be one index range scan each."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ROOTS = sa.text("root_id IS NULL")
COUNTS = ("like_count", "dislike_count")


def upgrade() -> None:
    # Said in SQL: Alembic would copy the whole table to add a column that has a check.
    number = "INTEGER" if op.get_bind().dialect.name == "sqlite" else "BIGINT"
    for name in COUNTS:
        op.execute(
            f"ALTER TABLE comment ADD COLUMN {name} {number} DEFAULT 0 NOT NULL "
            f"CONSTRAINT ck_comment_{name} CHECK ({name} >= 0)"
        )
    op.add_column("comment", sa.Column("rank", sa.Double(), server_default="0", nullable=False))
    for name, key in (("liked", "rank"), ("replied", "reply_count")):
        op.create_index(
            f"ix_comment_{name}",
            "comment",
            ["article_id", "listed", key, "posted_at", "id"],
            unique=False,
            sqlite_where=ROOTS,
            postgresql_where=ROOTS,
        )
    op.create_table(
        "reaction",
        sa.Column("comment_id", BIG, nullable=False),
        sa.Column("user_id", BIG, nullable=False),
        sa.Column("choice", sa.String(length=10), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("choice IN ('like', 'dislike')", name=op.f("ck_reaction_choice")),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comment.id"], name=op.f("fk_reaction_comment_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_reaction_user_id")),
        sa.PrimaryKeyConstraint("comment_id", "user_id", name=op.f("pk_reaction")),
    )
    op.create_index(op.f("ix_reaction_user_id"), "reaction", ["user_id"], unique=False)
    op.create_table(
        "reaction_act",
        sa.Column("id", BIG, nullable=False),
        sa.Column("user_id", BIG, nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_reaction_act_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reaction_act")),
    )
    op.create_index(op.f("ix_reaction_act_made_at"), "reaction_act", ["made_at"], unique=False)
    op.create_index(
        op.f("ix_reaction_act_user_id_made_at"),
        "reaction_act",
        ["user_id", "made_at"],
        unique=False,
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_reaction_act_user_id_made_at"), table_name="reaction_act")
    op.drop_index(op.f("ix_reaction_act_made_at"), table_name="reaction_act")
    op.drop_table("reaction_act")
    op.drop_index(op.f("ix_reaction_user_id"), table_name="reaction")
    op.drop_table("reaction")
    op.drop_index("ix_comment_replied", table_name="comment")
    op.drop_index("ix_comment_liked", table_name="comment")
    for name in ("rank", *COUNTS):
        op.drop_column("comment", name)
