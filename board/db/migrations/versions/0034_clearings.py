"""Clearings: a member restricted and their comments hidden, in one act that works in portions."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "clearing",
        sa.Column("ruling_id", BIG, nullable=False),
        sa.Column("user_id", BIG, nullable=False),
        sa.Column("after_id", BIG, nullable=False),
        sa.Column("sanction_id", BIG, nullable=True),
        sa.Column("since", sa.DateTime(), nullable=True),
        sa.Column("last_comment_id", BIG, nullable=False),
        sa.Column("total", BIG, nullable=False),
        sa.Column("hidden_before", BIG, nullable=False),
        sa.Column("hidden", BIG, nullable=False),
        sa.Column("restored", BIG, nullable=False),
        sa.Column("sanction_stays", sa.Boolean(), nullable=False),
        sa.Column("stage", sa.String(length=10), nullable=False),
        sa.Column("stage_since", sa.DateTime(), nullable=False),
        sa.Column("position", BIG, nullable=False),
        sa.ForeignKeyConstraint(["ruling_id"], ["ruling.id"], name=op.f("fk_clearing_ruling_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_clearing_user_id")),
        sa.ForeignKeyConstraint(
            ["sanction_id"], ["ruling.id"], name=op.f("fk_clearing_sanction_id")
        ),
        sa.PrimaryKeyConstraint("ruling_id", name=op.f("pk_clearing")),
        sa.UniqueConstraint("user_id", "after_id", name=op.f("uq_clearing_user_id_after_id")),
    )


def downgrade() -> None:
    op.drop_table("clearing")
