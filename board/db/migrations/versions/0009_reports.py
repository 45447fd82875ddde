"""Readers report comments."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "report",
        sa.Column("comment_id", BIG, nullable=False),
        sa.Column("reporter_id", BIG, nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("weight", sa.Double(), nullable=False),
        sa.Column("by_young", sa.Boolean(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("ruling_id", BIG, nullable=True),
        sa.Column("upheld", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(["comment_id"], ["comment.id"], name=op.f("fk_report_comment_id")),
        sa.ForeignKeyConstraint(["reporter_id"], ["user.id"], name=op.f("fk_report_reporter_id")),
        sa.ForeignKeyConstraint(["ruling_id"], ["ruling.id"], name=op.f("fk_report_ruling_id")),
        sa.PrimaryKeyConstraint("comment_id", "reporter_id", name=op.f("pk_report")),
    )
    op.create_index(
        op.f("ix_report_reporter_id_made_at"), "report", ["reporter_id", "made_at"], unique=False
    )
    op.create_index(op.f("ix_report_ruling_id"), "report", ["ruling_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_report_ruling_id"), table_name="report")
    op.drop_index(op.f("ix_report_reporter_id_made_at"), table_name="report")
    op.drop_table("report")
