"""Letters to readers and claimants."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "letter",
        sa.Column("id", BIG, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("about", BIG, nullable=False),
        sa.Column("user_id", BIG, nullable=True),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("due_at", sa.DateTime(), nullable=True),
        sa.Column("tries", BIG, nullable=False),
        sa.Column("sent_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_letter_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter")),
        sa.UniqueConstraint("kind", "about", name=op.f("uq_letter_kind_about")),
    )
    op.create_index(op.f("ix_letter_due_at"), "letter", ["due_at"], unique=False)
    op.create_index(op.f("ix_letter_address"), "letter", ["address"], unique=False)
    op.add_column(
        "user", sa.Column("language", sa.String(length=2), server_default="ko", nullable=False)
    )
    op.add_column(
        "user", sa.Column("mail", sa.String(length=10), server_default="all", nullable=False)
    )
    op.add_column(
        "rights_claimant",
        sa.Column("language", sa.String(length=2), server_default="ko", nullable=False),
    )


def downgrade() -> None:
    op.drop_column("rights_claimant", "language")
    op.drop_column("user", "mail")
    op.drop_column("user", "language")
    op.drop_table("letter")
