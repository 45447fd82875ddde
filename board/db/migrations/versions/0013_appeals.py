"""What people say against decisions about them."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "appeal",
        sa.Column("ruling_id", BIG, nullable=False),
        sa.Column("text", sa.String(length=1000), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("upheld", sa.Boolean(), nullable=True),
        sa.Column("outcome_id", BIG, nullable=True),
        sa.Column("seen_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["outcome_id"], ["ruling.id"], name=op.f("fk_appeal_outcome_id")),
        sa.ForeignKeyConstraint(["ruling_id"], ["ruling.id"], name=op.f("fk_appeal_ruling_id")),
        sa.PrimaryKeyConstraint("ruling_id", name=op.f("pk_appeal")),
    )
    op.create_index(
        "ix_appeal_waiting", "appeal", ["decided_at", "made_at", "ruling_id"], unique=False
    )


def downgrade() -> None:
    op.drop_index("ix_appeal_waiting", table_name="appeal")
    op.drop_table("appeal")
