"""The first tables: accounts, articles, comments, rulings."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "article",
        sa.Column("id", BIG, nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("canonical_url", sa.String(length=2000), nullable=True),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("subtitle_lines", sa.String(), nullable=False),
        sa.Column("section", sa.String(length=80), nullable=False),
        sa.Column("byline", sa.String(length=200), nullable=False),
        sa.Column("summary", sa.String(length=1000), nullable=False),
        sa.Column("body_html", sa.String(), nullable=False),
        sa.Column("image", sa.String(length=2000), nullable=False),
        sa.Column("image_alt", sa.String(length=300), nullable=False),
        sa.Column("published_at", sa.DateTime(), nullable=False),
        sa.Column("edited_at", sa.DateTime(), nullable=True),
        sa.Column("closed_at", sa.DateTime(), nullable=True),
        sa.Column("closed_for", sa.String(length=200), nullable=False),
        sa.Column("comment_count", BIG, nullable=False),
        sa.Column("revision", BIG, nullable=False),
        sa.CheckConstraint("comment_count >= 0", name=op.f("ck_article_comment_count")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_article")),
        sa.UniqueConstraint("canonical_url", name=op.f("uq_article_canonical_url")),
        sa.UniqueConstraint("slug", name=op.f("uq_article_slug")),
    )
    op.create_index("ix_article_newest", "article", ["published_at", "id"], unique=False)
    op.create_table(
        "attempt",
        sa.Column("id", BIG, nullable=False),
        sa.Column("for_account", sa.String(length=64), nullable=False),
        sa.Column("from_network", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempt")),
    )
    op.create_index(
        op.f("ix_attempt_for_account_made_at"), "attempt", ["for_account", "made_at"], unique=False
    )
    op.create_index(
        op.f("ix_attempt_from_network_made_at"),
        "attempt",
        ["from_network", "made_at"],
        unique=False,
    )
    op.create_index(op.f("ix_attempt_made_at"), "attempt", ["made_at"], unique=False)
    op.create_table(
        "user",
        sa.Column("id", BIG, nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("name_key", sa.String(length=80), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("joined_at", sa.DateTime(), nullable=False),
        sa.Column("suspended_until", sa.DateTime(), nullable=True),
        sa.Column("suspended_for", sa.String(length=200), nullable=False),
        sa.Column("can_moderate", sa.Boolean(), nullable=False),
        sa.Column("can_edit", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user")),
        sa.UniqueConstraint("email", name=op.f("uq_user_email")),
        sa.UniqueConstraint("name_key", name=op.f("uq_user_name_key")),
    )
    op.create_table(
        "comment",
        sa.Column("id", BIG, nullable=False),
        sa.Column("article_id", BIG, nullable=False),
        sa.Column("author_id", BIG, nullable=False),
        sa.Column("root_id", BIG, nullable=True),
        sa.Column("parent_id", BIG, nullable=True),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("html", sa.String(), nullable=False),
        sa.Column("text_hash", sa.LargeBinary(), nullable=False),
        sa.Column("posted_at", sa.DateTime(), nullable=False),
        sa.Column("listed", sa.Boolean(), nullable=False),
        sa.Column("hidden_for", sa.String(length=40), nullable=True),
        sa.Column("hidden_note", sa.String(length=200), nullable=False),
        sa.Column("deleted_at", sa.DateTime(), nullable=True),
        sa.Column("reply_count", BIG, nullable=False),
        sa.CheckConstraint("reply_count >= 0", name=op.f("ck_comment_reply_count")),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name=op.f("fk_comment_article_id")),
        sa.ForeignKeyConstraint(["author_id"], ["user.id"], name=op.f("fk_comment_author_id")),
        sa.ForeignKeyConstraint(["parent_id"], ["comment.id"], name=op.f("fk_comment_parent_id")),
        sa.ForeignKeyConstraint(["root_id"], ["comment.id"], name=op.f("fk_comment_root_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comment")),
        sa.UniqueConstraint("author_id", "key", name=op.f("uq_comment_author_id_key")),
    )
    op.create_index("ix_comment_author", "comment", ["author_id", "posted_at", "id"], unique=False)
    op.create_index("ix_comment_children", "comment", ["parent_id", "listed"], unique=False)
    op.create_index(
        "ix_comment_replies", "comment", ["root_id", "listed", "posted_at", "id"], unique=False
    )
    op.create_index(
        "ix_comment_thread",
        "comment",
        ["article_id", "listed", "root_id", "posted_at", "id"],
        unique=False,
    )
    op.create_table(
        "device",
        sa.Column("id", BIG, nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("user_id", BIG, nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_device_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_device_token_hash")),
    )
    op.create_index(op.f("ix_device_user_id"), "device", ["user_id"], unique=False)
    op.create_table(
        "session",
        sa.Column("id", BIG, nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("user_id", BIG, nullable=False),
        sa.Column("device", sa.String(length=60), nullable=False),
        sa.Column("started_at", sa.DateTime(), nullable=False),
        sa.Column("seen_on", sa.Date(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_session_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_session_token_hash")),
    )
    op.create_index(op.f("ix_session_user_id"), "session", ["user_id"], unique=False)
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


def downgrade() -> None:
    op.drop_index(op.f("ix_ruling_comment_id"), table_name="ruling")
    op.drop_table("ruling")
    op.drop_index(op.f("ix_session_user_id"), table_name="session")
    op.drop_table("session")
    op.drop_index(op.f("ix_device_user_id"), table_name="device")
    op.drop_table("device")
    op.drop_index("ix_comment_thread", table_name="comment")
    op.drop_index("ix_comment_replies", table_name="comment")
    op.drop_index("ix_comment_children", table_name="comment")
    op.drop_index("ix_comment_author", table_name="comment")
    op.drop_table("comment")
    op.drop_table("user")
    op.drop_index(op.f("ix_attempt_made_at"), table_name="attempt")
    op.drop_index(op.f("ix_attempt_from_network_made_at"), table_name="attempt")
    op.drop_index(op.f("ix_attempt_for_account_made_at"), table_name="attempt")
    op.drop_table("attempt")
    op.drop_index("ix_article_newest", table_name="article")
    op.drop_table("article")
