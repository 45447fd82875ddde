"""A fingerprint once for each comment, and its keys in rows as small as can be."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TYPES = {"key": BIG, "comment_id": BIG, "mark": sa.LargeBinary(), "posted_at": sa.DateTime()}


def _table(name: str, *columns: str) -> sa.TableClause:
    return sa.table(name, *(sa.column(column, TYPES[column]) for column in columns))


likeness = _table("comment_likeness", "key", "comment_id", "mark", "posted_at")
marks = _table("comment_likeness", "comment_id", "mark", "posted_at")
keys = _table("comment_likeness_key", "key", "comment_id")


def upgrade() -> None:
    op.create_table(
        "comment_likeness_key",
        sa.Column("key", BIG, nullable=False),
        sa.Column("comment_id", BIG, nullable=False),
        sa.PrimaryKeyConstraint("key", "comment_id", name=op.f("pk_comment_likeness_key")),
        sqlite_with_rowid=False,
    )
    old = sa.select(likeness.c.key, likeness.c.comment_id)
    op.execute(keys.insert().from_select(["key", "comment_id"], old))
    kept = _rows(sa.select(*marks.c).distinct())  # of one day
    op.drop_table("comment_likeness")
    op.create_table(
        "comment_likeness",
        sa.Column("comment_id", BIG, nullable=False),
        sa.Column("mark", sa.LargeBinary(), nullable=False),
        sa.Column("posted_at", sa.DateTime(), nullable=False),
        _belongs_to_comment(),
        sa.PrimaryKeyConstraint("comment_id", name=op.f("pk_comment_likeness")),
    )
    op.bulk_insert(marks, kept)


def downgrade() -> None:
    both = sa.join(keys, marks, keys.c.comment_id == marks.c.comment_id)
    kept = _rows(sa.select(keys.c.key, *marks.c).select_from(both))
    op.drop_table("comment_likeness_key")
    op.drop_table("comment_likeness")
    op.create_table(
        "comment_likeness",
        sa.Column("key", BIG, nullable=False),
        sa.Column("comment_id", BIG, nullable=False),
        sa.Column("mark", sa.LargeBinary(), nullable=False),
        sa.Column("posted_at", sa.DateTime(), nullable=False),
        _belongs_to_comment(),
        sa.PrimaryKeyConstraint("key", "comment_id", name=op.f("pk_comment_likeness")),
    )
    for name in ("comment_id", "posted_at"):
        op.create_index(op.f(f"ix_comment_likeness_{name}"), "comment_likeness", [name])
    op.bulk_insert(likeness, kept)


def _belongs_to_comment() -> sa.ForeignKeyConstraint:
    name = op.f("fk_comment_likeness_comment_id")
    return sa.ForeignKeyConstraint(["comment_id"], ["comment.id"], name=name)


def _rows(query: sa.Select) -> list[dict]:
    return [dict(row) for row in op.get_bind().execute(query).mappings()]
