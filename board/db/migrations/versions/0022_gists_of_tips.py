"""What a reader can read of each tip, sealed for their next search."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "tip_gist",
        sa.Column("tip_id", BIG, nullable=False),
        sa.Column("holder_id", BIG, nullable=False),
        sa.Column("upto", BIG, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["tip_id"], ["tip.id"], name=op.f("fk_tip_gist_tip_id")),
        sa.ForeignKeyConstraint(["holder_id"], ["tip_holder.id"], name=op.f("fk_tip_gist_holder_id")),
        sa.PrimaryKeyConstraint("tip_id", "holder_id", name=op.f("pk_tip_gist")),
    )
    op.create_index(op.f("ix_tip_gist_holder_id"), "tip_gist", ["holder_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_tip_gist_holder_id"), table_name="tip_gist")
    op.drop_table("tip_gist")
