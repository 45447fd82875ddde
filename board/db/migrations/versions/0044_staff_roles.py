"""Senior moderators, legal staff and those who appoint; who proposed, seconded and accepted what.

Moderators keep what they could do: they become senior moderators and legal staff too.
"""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
NEW = ("can_supervise", "can_handle_legal", "can_appoint")
# Nobody both appoints and reads tips.
TRIGGERS = {
    "user_appoint_or_tips_insert": "BEFORE INSERT",
    "user_appoint_or_tips_update": "BEFORE UPDATE OF can_appoint, can_read_tips",
}


def upgrade() -> None:
    for name in NEW:
        op.add_column("user", sa.Column(name, sa.Boolean(), nullable=False, server_default="0"))
    op.add_column("user", sa.Column("frozen_until", sa.DateTime(), nullable=True))
    op.add_column("user", sa.Column("moderator_number", BIG, nullable=True))
    op.add_column(
        "user", sa.Column("acts_by_number", sa.Boolean(), nullable=False, server_default="0")
    )
    op.create_index("ix_user_moderator_number", "user", ["moderator_number"], unique=True)
    op.execute('UPDATE "user" SET can_supervise = 1, can_handle_legal = 1 WHERE can_moderate')
    for name, event in TRIGGERS.items():
        op.execute(
            f'CREATE TRIGGER {name} {event} ON "user" WHEN NEW.can_appoint AND NEW.can_read_tips '
            "BEGIN SELECT RAISE(ABORT, 'nobody both appoints and reads tips'); END"
        )
    _create_role_grant()
    _create_staff_log()


def _create_role_grant() -> None:
    op.create_table(
        "role_grant",
        sa.Column("id", BIG, nullable=False),
        sa.Column("capability", sa.String(length=20), nullable=False),
        sa.Column("user_id", BIG, nullable=True),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("why", sa.String(length=200), nullable=False),
        sa.Column("proposed_by", BIG, nullable=False),
        sa.Column("seconded_by", BIG, nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.Column("reset_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint(
            "proposed_by <> seconded_by AND proposed_by <> user_id AND seconded_by <> user_id",
            name=op.f("ck_role_grant_three_people"),
        ),
        *(
            sa.ForeignKeyConstraint([name], ["user.id"], name=op.f(f"fk_role_grant_{name}"))
            for name in ("user_id", "proposed_by", "seconded_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_grant")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_role_grant_state_id", "role_grant", ["state", "id"])
    op.create_index("ix_role_grant_user_id", "role_grant", ["user_id"])
    op.create_index("ix_role_grant_address", "role_grant", ["address"])


def _create_staff_log() -> None:
    op.create_table(
        "staff_log",
        sa.Column("id", BIG, nullable=False),
        sa.Column("act", sa.String(length=20), nullable=False),
        sa.Column("capability", sa.String(length=20), nullable=False),
        sa.Column("by_id", BIG, nullable=True),
        sa.Column("about_id", BIG, nullable=True),
        sa.Column("grant_id", BIG, nullable=True),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_staff_log_by_id")),
        sa.ForeignKeyConstraint(["about_id"], ["user.id"], name=op.f("fk_staff_log_about_id")),
        sa.ForeignKeyConstraint(["grant_id"], ["role_grant.id"], name=op.f("fk_staff_log_grant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_log")),
        sa.UniqueConstraint("hash", name=op.f("uq_staff_log_hash")),
    )
    for verb in ("update", "delete"):
        op.execute(
            f"CREATE TRIGGER staff_log_no_{verb} BEFORE {verb} ON staff_log "
            "BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END"
        )


def downgrade() -> None:
    op.drop_table("staff_log")
    op.drop_table("role_grant")
    for name in TRIGGERS:
        op.execute(f"DROP TRIGGER {name}")
    op.drop_index("ix_user_moderator_number", table_name="user")
    for name in ("acts_by_number", "moderator_number", "frozen_until", *NEW):
        op.drop_column("user", name)
