"""A second factor for staff."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
LOG = "second_factor_act"
APPEND_ONLY = {
    "sqlite": [
        f"CREATE TRIGGER {LOG}_no_{verb} BEFORE {verb} ON {LOG} "
        "BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END"
        for verb in ("update", "delete")
    ],
    "postgresql": [
        f"CREATE FUNCTION {LOG}_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the log is append-only'; END $$",
        f"CREATE TRIGGER {LOG}_append_only BEFORE UPDATE OR DELETE ON {LOG} "
        f"FOR EACH ROW EXECUTE FUNCTION {LOG}_append_only()",
    ],
}


def upgrade() -> None:
    op.create_table(
        "second_factor",
        sa.Column("user_id", BIG, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("last_step", BIG, nullable=False),
        sa.Column("wrong", BIG, nullable=False),
        sa.Column("enrolled_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_second_factor_user_id")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_second_factor")),
    )
    op.create_table(
        "recovery_code",
        sa.Column("user_id", BIG, nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["second_factor.user_id"], name=op.f("fk_recovery_code_user_id")
        ),
        sa.PrimaryKeyConstraint("user_id", "hash", name=op.f("pk_recovery_code")),
    )
    op.create_table(
        LOG,
        sa.Column("id", BIG, nullable=False),
        sa.Column("act", sa.String(length=10), nullable=False),
        sa.Column("user_id", BIG, nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f(f"fk_{LOG}_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{LOG}")),
        sa.UniqueConstraint("hash", name=op.f(f"uq_{LOG}_hash")),
    )
    op.create_index(op.f(f"ix_{LOG}_user_id"), LOG, ["user_id"], unique=False)
    op.add_column("session", sa.Column("second_factor_at", sa.DateTime(), nullable=True))
    for statement in APPEND_ONLY[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"DROP TRIGGER {LOG}_append_only ON {LOG}")
        op.execute(f"DROP FUNCTION {LOG}_append_only")
    op.drop_column("session", "second_factor_at")
    op.drop_table(LOG)
    op.drop_table("recovery_code")
    op.drop_table("second_factor")
