"""Staff alerts: what moderators want to be told by email, and what the webhook was told."""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "alert_subscription",
        sa.Column("user_id", BIG, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("frequency", sa.String(length=10), nullable=False),
        sa.Column("told_until", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_alert_subscription_user_id")
        ),
        sa.PrimaryKeyConstraint("user_id", "kind", name=op.f("pk_alert_subscription")),
    )
    op.create_table(
        "alert_webhook",
        sa.Column("id", BIG, nullable=False),
        sa.Column("told_until", sa.DateTime(), nullable=False),
        sa.Column("claimed_until", sa.DateTime(), nullable=True),
        sa.Column("failures", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_webhook")),
    )


def downgrade() -> None:
    op.drop_table("alert_webhook")
    op.drop_table("alert_subscription")
