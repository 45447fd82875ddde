"""How far each reader has read a tip; and search entries with what the inbox shows."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "tip_read_mark",
        sa.Column("tip_id", BIG, nullable=False),
        sa.Column("holder_id", BIG, nullable=False),
        sa.Column("upto", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["tip_id"], ["tip.id"], name=op.f("fk_tip_read_mark_tip_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["holder_id"], ["tip_holder.id"], name=op.f("fk_tip_read_mark_holder_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tip_id", "holder_id", name=op.f("pk_tip_read_mark")),
    )  # fmt: skip
    op.create_index(
        op.f("ix_tip_read_mark_holder_id"), "tip_read_mark", ["holder_id"], unique=False
    )
    # Derived, and made again at the next unlocking; the old ones have no first line.
    op.execute(sa.text("DELETE FROM tip_gist"))


def downgrade() -> None:
    op.drop_index(op.f("ix_tip_read_mark_holder_id"), table_name="tip_read_mark")
    op.drop_table("tip_read_mark")
