"""Email: its rank in the queue, and domains that are left alone; staff alerts."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("letter", sa.Column("rank", BIG, server_default="1", nullable=False))
    op.create_index("ix_letter_sent_at", "letter", ["sent_at"])
    waiting = sa.text("due_at IS NOT NULL")
    op.create_index("ix_letter_next", "letter", ["rank", "due_at", "id"], sqlite_where=waiting)
    op.create_table(
        "email_domain_pause",
        sa.Column("domain", sa.String(length=253), nullable=False),
        sa.Column("until", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("domain", name=op.f("pk_email_domain_pause")),
    )


def downgrade() -> None:
    op.drop_table("email_domain_pause")
    for name in ("ix_letter_next", "ix_letter_sent_at"):
        op.drop_index(name, "letter")
    op.drop_column("letter", "rank")
