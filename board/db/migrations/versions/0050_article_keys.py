"""What articles are known by in feeds: their addresses without scheme, www. and a last slash."""

import hashlib
import re
from urllib.parse import quote, unquote, urlsplit

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0040"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
SAFE = "/%:@!$&'()*+,;=~-._?[]|"


def upgrade() -> None:
    keys = op.create_table(
        "article_key",
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("article_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["article.id"], name=op.f("fk_article_key_article_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_article_key")),
    )  # fmt: skip
    op.create_index(op.f("ix_article_key_article_id"), "article_key", ["article_id"], unique=False)
    articles = op.get_bind().execute(
        sa.text("SELECT id, canonical_url FROM article WHERE canonical_url IS NOT NULL ORDER BY id")
    )
    first = {}
    for id, url in articles:
        first.setdefault(hashlib.sha256(key_of(url).encode()).hexdigest(), id)
    if first:
        rows = [{"hash": hash, "article_id": id} for hash, id in first.items()]
        op.bulk_insert(keys, rows)


def key_of(url: str) -> str:
    parts = urlsplit(url)
    path = quote(unquote(parts.path, errors="surrogateescape"), safe=SAFE, errors="surrogateescape")
    site = re.sub(r"^(?:www|m|mobile)\.(?=[^.]+\.)", "", parts.netloc)
    return f"{site}{path.rstrip('/')}" + (f"?{parts.query}" if parts.query else "")


def downgrade() -> None:
    op.drop_index(op.f("ix_article_key_article_id"), table_name="article_key")
    op.drop_table("article_key")
