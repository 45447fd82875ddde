"""Digest of the pepper, requests to remove a tip reader, and tips whose keys must change."""

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tip_pepper",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tip_pepper")),
    )
    op.create_table(
        "tip_removal",
        sa.Column("reader_id", sa.Integer(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["reader_id"], ["tip_holder.id"], name=op.f("fk_tip_removal_reader_id")
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["tip_holder.id"], name=op.f("fk_tip_removal_asked_by_id")
        ),
        sa.PrimaryKeyConstraint("reader_id", name=op.f("pk_tip_removal")),
    )
    op.create_index(op.f("ix_tip_removal_asked_by_id"), "tip_removal", ["asked_by_id"])
    op.add_column(
        "tip",
        sa.Column("must_rotate", sa.Boolean(), nullable=False, server_default=sa.text("0")),
    )


def downgrade() -> None:
    op.drop_column("tip", "must_rotate")
    op.drop_table("tip_removal")
    op.drop_table("tip_pepper")
