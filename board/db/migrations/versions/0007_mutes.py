"""Whose comments a reader has folded away."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "mute",
        sa.Column("user_id", BIG, nullable=False),
        sa.Column("muted_id", BIG, nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("user_id != muted_id", name=op.f("ck_mute_somebody_else")),
        sa.ForeignKeyConstraint(["muted_id"], ["user.id"], name=op.f("fk_mute_muted_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_mute_user_id")),
        sa.PrimaryKeyConstraint("user_id", "muted_id", name=op.f("pk_mute")),
    )
    op.create_index(op.f("ix_mute_muted_id"), "mute", ["muted_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_mute_muted_id"), table_name="mute")
    op.drop_table("mute")
