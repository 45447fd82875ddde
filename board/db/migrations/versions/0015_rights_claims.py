"""Claims of people whose rights a comment hurts; who they are, apart."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _days_30() -> str:
    """정보통신망법 44조의2 ④: thirty days at most."""
    if op.get_bind().dialect.name == "sqlite":
        return "unixepoch(until) - unixepoch(blocked_at) <= 2592000"
    return "until <= blocked_at + interval '30 days'"


def upgrade() -> None:
    op.create_table(
        "rights_claim",
        sa.Column("id", BIG, nullable=False),
        sa.Column("receipt", sa.String(length=20), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("comment_id", BIG, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("sentence", sa.String(length=500), nullable=False),
        sa.Column("text", sa.String(length=2000), nullable=False),
        sa.Column("wish", sa.String(length=20), nullable=False),
        sa.Column("requester", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("answered_at", sa.DateTime(), nullable=True),
        sa.Column("blocked_at", sa.DateTime(), nullable=True),
        sa.Column("until", sa.DateTime(), nullable=True),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("says", sa.String(length=200), nullable=False),
        sa.CheckConstraint(_days_30(), name=op.f("ck_rights_claim_term")),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comment.id"], name=op.f("fk_rights_claim_comment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rights_claim")),
        sa.UniqueConstraint("receipt", name=op.f("uq_rights_claim_receipt")),
    )
    op.create_index(
        op.f("ix_rights_claim_state_made_at_id"), "rights_claim", ["state", "made_at", "id"]
    )
    op.create_index(op.f("ix_rights_claim_comment_id"), "rights_claim", ["comment_id"])
    op.create_table(
        "rights_claimant",
        sa.Column("claim_id", BIG, nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("contact", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["claim_id"], ["rights_claim.id"], name=op.f("fk_rights_claimant_claim_id")
        ),
        sa.PrimaryKeyConstraint("claim_id", name=op.f("pk_rights_claimant")),
    )


def downgrade() -> None:
    op.drop_table("rights_claimant")
    op.drop_index(op.f("ix_rights_claim_comment_id"), table_name="rights_claim")
    op.drop_index(op.f("ix_rights_claim_state_made_at_id"), table_name="rights_claim")
    op.drop_table("rights_claim")
