"""Addresses are verified by a code, and a change of address can be undone.

Accounts made before keep their address, unverified.
"""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WITHOUT_TERM = "email_verified_at IS NULL AND verify_email_by IS NULL AND left_on IS NULL"


def upgrade() -> None:
    for name in ("email_verified_at", "verify_email_by"):
        op.add_column("user", sa.Column(name, sa.DateTime(), nullable=True))
    op.create_index("ix_user_without_term", "user", ["id"], sqlite_where=sa.text(WITHOUT_TERM))
    op.create_table(
        "email_verification",
        sa.Column("id", BIG, nullable=False),
        sa.Column("browser_hash", sa.LargeBinary(), nullable=False),
        sa.Column("purpose", sa.String(length=10), nullable=False),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("next", sa.String(length=2000), nullable=False),
        sa.Column("user_id", BIG, nullable=True),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("nonce", sa.LargeBinary(), nullable=False),
        sa.Column("tries", BIG, nullable=False),
        sa.Column("sends", BIG, nullable=False),
        sa.Column("sent_at", sa.DateTime(), nullable=True),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_email_verification_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_email_verification")),
        sa.UniqueConstraint("browser_hash", name=op.f("uq_email_verification_browser_hash")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "email_change",
        sa.Column("id", BIG, nullable=False),
        sa.Column("user_id", BIG, nullable=False),
        sa.Column("old_email", sa.String(length=254), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_email_change_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_email_change")),
        sqlite_autoincrement=True,
    )
    for table, column in (
        ("email_verification", "expires_at"),
        ("email_change", "expires_at"),
        ("email_change", "user_id"),
    ):
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def downgrade() -> None:
    op.drop_table("email_change")
    op.drop_table("email_verification")
    op.drop_index("ix_user_without_term", table_name="user")
    for name in ("verify_email_by", "email_verified_at"):
        op.drop_column("user", name)
