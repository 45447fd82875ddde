"""OpenPGP keys of readers of tips, for mail."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "tip_mail_key",
        sa.Column("id", BIG, nullable=False),
        sa.Column("holder_id", BIG, nullable=False),
        sa.Column("certificate", sa.LargeBinary(), nullable=False),
        sa.Column("asked", sa.LargeBinary(), nullable=True),
        sa.Column("tries", BIG, nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["holder_id"],
            ["tip_holder.id"],
            name=op.f("fk_tip_mail_key_holder_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tip_mail_key")),
    )
    op.create_index(
        op.f("ix_tip_mail_key_holder_id"), "tip_mail_key", ["holder_id"], unique=False
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_tip_mail_key_holder_id"), table_name="tip_mail_key")
    op.drop_table("tip_mail_key")
