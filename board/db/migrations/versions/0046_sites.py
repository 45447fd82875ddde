"""Sites that show threads in their own pages, and what they call articles."""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "site",
        sa.Column("id", BIG, nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("host_words", sa.String(length=1000), nullable=False),
        sa.Column("parameter_words", sa.String(length=1000), nullable=False),
        sa.Column("revision", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site")),
        sa.UniqueConstraint("key", name=op.f("uq_site_key")),
    )
    op.create_table(
        "site_origin",
        sa.Column("id", BIG, nullable=False),
        sa.Column("site_id", BIG, nullable=False),
        sa.Column("origin", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["site_id"], ["site.id"], name=op.f("fk_site_origin_site_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site_origin")),
    )
    op.create_index(op.f("ix_site_origin_site_id"), "site_origin", ["site_id"])
    op.create_index(op.f("ix_site_origin_origin"), "site_origin", ["origin"])
    op.execute(
        "ALTER TABLE article ADD COLUMN site_id INTEGER "
        "CONSTRAINT fk_article_site_id REFERENCES site (id)"
    )
    op.add_column("article", sa.Column("external_id", sa.String(length=128), nullable=True))
    op.create_index("ix_article_external_id", "article", ["site_id", "external_id"], unique=True)


def downgrade() -> None:
    op.drop_index("ix_article_external_id", table_name="article")
    op.drop_column("article", "external_id")
    op.execute("ALTER TABLE article DROP COLUMN site_id")
    op.drop_table("site_origin")
    op.drop_table("site")
