"""Comments that wait for a look, and a log of rulings that nobody can edit."""

import hashlib
import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KEPT = "verdict, moderator_id, comment_id, reason, note, made_at"
APPEND_ONLY = {
    "sqlite": [
        f"CREATE TRIGGER ruling_no_{verb} BEFORE {verb} ON ruling "
        "BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END"
        for verb in ("update", "delete")
    ],
    "postgresql": [
        "CREATE FUNCTION ruling_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the log is append-only'; END $$",
        "CREATE TRIGGER ruling_append_only BEFORE UPDATE OR DELETE ON ruling "
        "FOR EACH ROW EXECUTE FUNCTION ruling_append_only()",
    ],
}


def upgrade() -> None:
    op.add_column("comment", sa.Column("held_for", sa.String(length=40), nullable=True))
    held = sa.text("held_for IS NOT NULL")
    op.create_index(
        "ix_comment_held",
        "comment",
        ["author_id", "article_id"],
        unique=False,
        sqlite_where=held,
        postgresql_where=held,
    )
    rulings = _rulings_there_are()
    op.drop_table("ruling")
    op.create_table(
        "ruling",
        sa.Column("id", BIG, nullable=False),
        sa.Column("verdict", sa.String(length=20), nullable=False),
        sa.Column("moderator_id", BIG, nullable=True),
        sa.Column("comment_id", BIG, nullable=True),
        sa.Column("about_id", BIG, nullable=True),
        sa.Column("article_id", BIG, nullable=True),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("until", sa.DateTime(), nullable=True),
        sa.Column("undoes_id", BIG, nullable=True),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["moderator_id"], ["user.id"], name=op.f("fk_ruling_moderator_id")),
        sa.ForeignKeyConstraint(["comment_id"], ["comment.id"], name=op.f("fk_ruling_comment_id")),
        sa.ForeignKeyConstraint(["about_id"], ["user.id"], name=op.f("fk_ruling_about_id")),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name=op.f("fk_ruling_article_id")),
        sa.ForeignKeyConstraint(["undoes_id"], ["ruling.id"], name=op.f("fk_ruling_undoes_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ruling")),
        sa.UniqueConstraint("hash", name=op.f("uq_ruling_hash")),
    )
    op.create_index(op.f("ix_ruling_comment_id"), "ruling", ["comment_id"], unique=False)
    op.create_index(op.f("ix_ruling_article_id"), "ruling", ["article_id"], unique=False)
    op.create_index(op.f("ix_ruling_about_id_id"), "ruling", ["about_id", "id"], unique=False)
    _append(rulings)
    for statement in APPEND_ONLY[op.get_bind().dialect.name]:
        op.execute(statement)


def _rulings_there_are() -> list[dict[str, Any]]:
    """Each with the person and the article it was about, oldest first."""
    names = ("id", "verdict", "moderator_id", "comment_id", "reason", "note")
    ruling = sa.table("ruling", *map(sa.column, names), sa.column("made_at", sa.DateTime()))
    comment = sa.table("comment", *map(sa.column, ("id", "author_id", "article_id")))
    query = sa.select(ruling, comment.c.author_id.label("about_id"), comment.c.article_id)
    query = query.join(comment, comment.c.id == ruling.c.comment_id).order_by(ruling.c.id)
    return [dict(row) for row in op.get_bind().execute(query).mappings()]


def _append(rulings: list[dict[str, Any]]) -> None:
    """Each sealed to the one before, as board/moderation/models.py does it."""
    names = ("id", "verdict", "moderator_id", "comment_id", "about_id", "article_id", "reason")
    ruling = sa.table(
        "ruling",
        *map(sa.column, (*names, "note", "until", "undoes_id", "hash")),
        sa.column("detail", sa.JSON()),
        sa.column("made_at", sa.DateTime()),
    )
    seal = b""
    for row in rulings:
        told = {**row, "until": None, "undoes_id": None, "detail": {}}
        hashed = {**told, "made_at": f"{row['made_at'].isoformat()}+00:00"}
        del hashed["id"]
        text = json.dumps(hashed, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        seal = hashlib.sha256(seal + text.encode()).digest()
        op.get_bind().execute(ruling.insert().values(**told, hash=seal))


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER ruling_append_only ON ruling")
        op.execute("DROP FUNCTION ruling_append_only")
    kept = sa.text(
        f"SELECT id, {KEPT} FROM ruling "
        "WHERE verdict IN ('hide', 'restore') AND moderator_id IS NOT NULL ORDER BY id"
    )
    rulings = [dict(row) for row in op.get_bind().execute(kept).mappings()]
    op.drop_table("ruling")
    op.create_table(
        "ruling",
        sa.Column("id", BIG, nullable=False),
        sa.Column("comment_id", BIG, nullable=False),
        sa.Column("moderator_id", BIG, nullable=False),
        sa.Column("verdict", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["comment_id"], ["comment.id"], name=op.f("fk_ruling_comment_id")),
        sa.ForeignKeyConstraint(["moderator_id"], ["user.id"], name=op.f("fk_ruling_moderator_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ruling")),
    )
    op.create_index(op.f("ix_ruling_comment_id"), "ruling", ["comment_id"], unique=False)
    into = sa.table("ruling", *map(sa.column, ("id", *KEPT.split(", "))))
    for ruling in rulings:
        op.get_bind().execute(into.insert().values(**ruling))
    # What was held was never shown; an older board knows no such state, so it is hidden.
    op.execute("UPDATE comment SET hidden_for = held_for WHERE held_for IS NOT NULL")
    op.drop_index("ix_comment_held", table_name="comment")
    op.drop_column("comment", "held_for")
